"""What staff see on stock django.contrib.admin of the adopted project: code that runs inside it, without this suite."""

SET_UP = """
import re
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from people.models import User
from tenancy import system_scope, tenant_scope
from tenancy.models import Tenant

setup_test_environment()
staff = User.objects.filter(username="boss").first() or User.objects.create_superuser("boss", "boss@example.test", "b")
client = Client()
client.force_login(staff)
with system_scope(reason="test"):
    tenant = Tenant.objects.order_by("slug").first()


def ok(path, words=""):
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code, response.content[:300])
    assert words in response.content.decode(), (path, words)
    return response


def carried(response):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name.startswith("s.seat_limit")}
"""

SETTINGS = (
    SET_UP
    + """
home = f"/admin/tenancy/tenant/{tenant.pk}/settings/"
ok("/admin/tenancy/tenant/", home)
ok(home, "Members")
group = ok(home + "group/members/", "Seats")
assert "unfold" not in group.content.decode()
wrong = client.post(home + "group/members/", {**carried(group), "s.seat_limit": "none", "_do": "review"})
assert wrong.status_code == 422 and "Enter a whole number" in wrong.content.decode(), wrong
review = client.post(home + "group/members/", {**carried(group), "s.seat_limit": "7", "_do": "review"})
assert review.status_code == 200 and "<ins>7 seats</ins>" in review.content.decode(), review.content
again = client.post(home + "group/members/", {**carried(review), "_do": "confirm"})
assert again.status_code == 422 and "Say why" in again.content.decode()
done = client.post(home + "group/members/", {**carried(review), "_do": "confirm", "reason": "contract"})
assert done.status_code == 302, done.content
with tenant_scope(tenant):
    assert Tenant.objects.get(pk=tenant.pk).config.members.seat_limit == 7
ok(home + "history/", "contract")
preview = client.post(home + "history/", {"version": "0", "_do": "preview"})
assert preview.status_code == 200 and "members.seat_limit" in preview.content.decode()
seen = re.search('name="seen" value="([0-9]+)"', preview.content.decode())[1]
back = client.post(home + "history/", {"version": "0", "seen": seen, "_do": "rollback", "reason": "undo"})
assert back.status_code == 302, back.content
with tenant_scope(tenant):
    assert Tenant.objects.get(pk=tenant.pk).config.members.seat_limit is None

platform = "/admin/tenancy/platformsettings/"
ok(platform, "Locks")
for page in ("group/members/", "bulk/", "misfits/", "history/"):
    ok(f"{platform}settings/{page}")
locked = client.post(f"{platform}settings/locks/", {"name": "members.seat_limit", "_do": "lock", "reason": "plan"})
assert locked.status_code == 302, locked.content
ok(home + "group/members/", "Locked by the platform")
assert client.post(f"{platform}settings/locks/", {"name": "members.seat_limit", "_do": "unlock", "reason": "x"})
order = {"name": "members.seat_limit", "value": "9", "slugs": tenant.slug, "reason": "all", "_do": "try"}
assert client.post(f"{platform}settings/bulk/", order).status_code == 302
ok(f"{platform}settings/bulk/", "1 of 1 tenants: 1 changed")

client.force_login(User.objects.create_user("nobody", "nobody@example.test", "nobody", is_staff=True))
for path in (home, home + "group/members/", platform):
    assert client.get(path).status_code == 403, path
client.logout()
assert client.get(home).status_code == 302
print("settings walked")
"""
)

PRIVACY = (
    SET_UP
    + """
from pii.requests import receive

with system_scope(reason="test"):
    person = User.objects.filter(company__isnull=False).order_by("id").first()
    person.email = "someone@example.test"
    person.save(update_fields=["email"])
    made = receive("access", emails=[person.email], contact_email=person.email, by=staff)
ok("/admin/pii/datarequest/", made.number)
page = ok(f"/admin/pii/datarequest/{made.pk}/change/", made.number)
for response in (page, ok("/admin/pii/datarequest/")):
    assert person.email not in response.content.decode()
for page in ("legalhold", "requestevent", "reveal", "reappearance"):
    ok(f"/admin/pii/{page}/")
assert client.get("/admin/pii/datarequest/add/").status_code == 403
assert client.post(f"/admin/pii/datarequest/{made.pk}/delete/", {"post": "yes"}).status_code == 403
print("privacy walked")
"""
)

WITH_PII = """--- a/legacysite/settings.py
+++ b/legacysite/settings.py
@@ -20,3 +20,4 @@ INSTALLED_APPS = [
     "allauth.account",
     "tenancy",
+    "pii",
     "people",
"""
