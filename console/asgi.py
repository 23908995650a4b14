"""ASGI entry point; it serves, so it forgets the owner's database URL."""

import os

from django.core.asgi import get_asgi_application

from console.database import forget_owner, start_embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
forget_owner()
start_embedded()
application = get_asgi_application()
