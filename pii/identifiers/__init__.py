"""What is known to point at one person, in normal form, and how to find it in any spelling."""

from .matcher import Hit, Matcher
from .normal import normal_email, normal_name, normal_phone
from .sets import Identifiers

__all__ = ["Hit", "Identifiers", "Matcher", "normal_email", "normal_name", "normal_phone"]
