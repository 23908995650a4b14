"""Stock django.contrib.admin on the adopted project: the directory at once, records after saying why, all recorded."""

import pytest

from tests.legacy_walks import PRIVACY, SETTINGS, WITH_PII

pytestmark = pytest.mark.drill  # processes and databases of its own

WALK = """
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from people.models import User
from crm.models import Invoice, Company
from tenancy import system_scope, tenant_scope
from tenancy.models import ObservedAccess, Tenant

setup_test_environment()
staff = User.objects.create_superuser("boss", "boss@example.test", "boss")
client = Client()
client.force_login(staff)
with system_scope(reason="test"):
    one, two = Company.objects.order_by("id")[:2]
    slug = Tenant.objects.get(pk=one.tenant_id).slug
    foreign = Invoice.objects.filter(company=two).first().pk

for page in ("", "tenancy/tenant/", "tenancy/usertenantmembership/", "tenancy/observedaccess/"):
    assert client.get(f"/admin/{page}").status_code == 200, page

closed = client.get("/admin/crm/invoice/")
assert closed.status_code == 302 and closed["Location"].startswith("/admin/open-tenant/"), closed
ask = closed["Location"]
assert client.get(ask).status_code == 200
assert client.post(ask, {"slug": slug, "reason": ""}).status_code == 400
assert client.post(ask, {"slug": "nobody", "reason": "why"}).status_code == 400
assert client.get("/admin/crm/invoice/").status_code == 302, "a refused form opens nothing"
opened = client.post(ask, {"slug": slug, "reason": "ticket 7"})
assert opened["Location"] == "/admin/crm/invoice/", opened["Location"]
page = client.get("/admin/crm/invoice/")
assert page.status_code == 200
ids = {row.company_id for row in page.context["cl"].result_list}
assert ids == {one.pk}, ids
assert client.get(f"/admin/crm/invoice/{foreign}/change/").status_code == 302, "as an absent one"
assert client.get("/admin/crm/invoice/999999999/change/").status_code == 302
added = client.post("/admin/crm/invoice/add/", {"company": one.pk, "number": "new", "total": "1"})
assert added.status_code == 302, added.context["errors"] if added.context else added
with system_scope(reason="test"):
    assert Invoice.objects.get(number="new").tenant_id == one.tenant_id
client.post("/admin/close-tenant/")
assert client.get("/admin/crm/invoice/").status_code == 302
plain = User.objects.create_user("plain", "plain@example.test", "plain", is_staff=True)
client.force_login(plain)
assert client.get("/admin/open-tenant/").status_code == 403
client.logout()
assert client.get("/admin/open-tenant/")["Location"].startswith("/admin/login/")
print("walked")
"""


def test_the_stock_admin(planned):
    planned.edit("observe", "fix", "enforce")
    planned.manage_each(
        ("backfill_tenant", "crm.Company", "--own", "name"),
        ("backfill_tenant", "crm.Comment", "--from", "author__company"),
        ("migrate", "-v0"),
    )
    assert "walked" in planned.run_python(WALK)
    assert "settings walked" in planned.run_python(SETTINGS)
    planned.patch(WITH_PII)
    settings = planned.folder / "legacysite/settings.py"
    settings.write_text(settings.read_text() + '\nPII = {"ENFORCE_COVERAGE": False}\n')
    planned.manage("migrate", "-v0")
    planned.manage("check")
    assert "privacy walked" in planned.run_python(PRIVACY)
