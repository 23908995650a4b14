"""ASGI entry point; it serves, so it forgets the owner's database URL."""

import os

from django.core.asgi import get_asgi_application

from console.database import forget_owner, start_embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
forget_owner()
start_embedded()
application = get_asgi_application()

# System checks do not run under application servers: after a restore, erasures are replayed before anybody is served.
from pii.tombstones import refuse_to_serve_unreplayed  # noqa: E402  # models load only after the application is made

refuse_to_serve_unreplayed()
