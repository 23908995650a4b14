"""The filter `moment` for the pages of customers, who read a moment's second and zone like staff do."""

from __future__ import annotations

from django import template

from console.moments import moment

register = template.Library()
register.filter("moment", moment)
