"""A process of its own that runs one confirmed import in small chunks, to be killed by a test."""

from __future__ import annotations

import os
import sys
from uuid import UUID

if __name__ == "__main__":
    database, media, key, tenant = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    settings.TENANCY["JOBS_BACKEND"] = "console.jobs.InlineBackend"
    django.setup()
    from console.members import flow, merge
    from console.members.models import MemberImport
    from tenancy import tenant_scope

    merge.CHUNK = 100
    with tenant_scope(UUID(tenant)):
        item = MemberImport.objects.select_related("tenant").get(pk=UUID(key))
        print("ready", flush=True)
        flow.run(item)
    print("done", flush=True)
