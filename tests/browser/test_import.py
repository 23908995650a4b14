"""An import in the admin, in Chromium: from the upload to the undo, every list, in light, dark and narrow windows."""

from __future__ import annotations

import pytest
from django.conf import settings as project

from console.members.models import MemberImport
from console.models import JobRun, JobState
from tenancy import system_scope
from tests.factories import make_membership, make_tenant, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = """Mitarbeiter der Filiale Nord;;;;
Name;E-Mail;Rolle;Aktiv;Notiz
Anna Weiß;anna@x.test;Kaiser;ja;neu
Ben Öz;ben@x.test;Admin;nein;
Cem Aydin;cem(at)x.test;Mitglied;ja;
Dora Åkesson;dora@x.test;Mitglied;ja;Empfang
Dora Åkesson;dora@x.test;;;
"""


@pytest.fixture
def tenant(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_tenant("northwind", name="Northwind Traders")
    make_membership(made, make_user("owner@x.test"), role="owner")
    make_membership(made, make_user("ben@x.test"), display_name="Ben", role="member")
    return made


@pytest.fixture
def staff_session(client, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client.cookies[project.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)])
def test_a_file_becomes_members_and_goes_back(open_browser, staff_session, tenant, theme, width, tmp_path):
    window = open_browser(theme=theme, width=width)
    window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": staff_session, "url": window.url}])
    page = window.page
    window.visit(f"/admin/members/memberimport/add/?tenant={tenant.pk}")
    window.check("import-1-upload")
    path = tmp_path / "filiale.csv"
    path.write_text(FILE, encoding="cp1252", errors="replace")
    page.set_input_files("[name=file]", path)
    window.press("Upload and look")

    assert "Windows-1252" in window.text
    assert "One line above" in window.text
    sample = page.locator("#sample")
    assert "Kaiser" in sample.inner_text()  # refused, with the words that are known
    window.check("import-2-mapping")
    page.locator("[name=words]").fill("Kaiser = owner")
    page.locator("[name=words]").blur()
    sample.get_by_text("owner", exact=True).wait_for()
    page.get_by_label("Notiz").select_option("title")
    sample.get_by_text("Empfang").wait_for()
    window.press("Check the file")

    assert page.get_by_role("button", name="Import now").is_visible()
    window.check("import-3-refused")
    for name, words in {"New": "dora@x.test", "Changed": "Ben Öz", "Skipped": "Same person as line 6"}.items():
        page.locator(".import-tab", has_text=name).click()
        page.wait_for_load_state()
        assert words in window.text
        window.check(f"import-4-{name.lower()}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download this list").click()
    assert "Same person as line 6" in saved.value.path().read_text(encoding="utf-8-sig")
    window.press("Import now")

    assert page.get_by_role("button", name="Undo this import").is_visible()
    window.check("import-5-result")
    window.press("Undo this import")
    assert "undone" in window.text.lower()
    window.check("import-6-undone")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_the_bar_tells_rate_and_time_left_and_gives_way_to_the_result(
    open_browser, staff_session, tenant, theme, width
):
    from tests.console.members.helpers import previewed

    item = previewed(tenant, "email\nanna@x.test\n")
    with system_scope(reason="test"):
        MemberImport.objects.filter(pk=item.pk).update(state="running")
        job = JobRun.objects.create(name="members.run", key=str(item.pk), tenant=tenant, state=JobState.RUNNING)
        started(job, done=250_000, seconds=10)
    window = open_browser(theme=theme, width=width)
    window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": staff_session, "url": window.url}])
    window.visit(f"/admin/members/memberimport/{item.pk}/change/")
    assert "250,000 of 1,000,000 rows" in window.text
    assert "rows a second" in window.text
    assert " s left" in window.text
    window.check("import-7-progress")
    with system_scope(reason="test"):
        JobRun.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    window.page.get_by_role("button", name="Resume").wait_for()
    window.check("import-8-interrupted")


def started(job, *, done, seconds):
    from datetime import timedelta

    from django.utils import timezone

    JobRun.objects.filter(pk=job.pk).update(
        done=done, total=1_000_000, message="Writing", started_at=timezone.now() - timedelta(seconds=seconds)
    )
