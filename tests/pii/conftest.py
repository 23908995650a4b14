"""Officers, a journal of the test's own, and a person with canaries in every place."""

from __future__ import annotations

import pytest

from pii.erase import run_erasure, start_erasure
from pii.plan import make_plan
from pii.requests import approve, attest, receive
from tests.factories import make_user


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.PII = {
        **settings.PII,
        "JOURNAL": str(tmp_path / "journal.jsonl"),
        "PACKAGES": str(tmp_path / "packages"),
    }
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.VAR_DIR = tmp_path


@pytest.fixture
def officer(db):
    return make_user("officer@example.test", is_staff=True, full_name="Olga Officer")


@pytest.fixture
def approver(db):
    return make_user("approver@example.test", is_staff=True, full_name="Anton Approver")


@pytest.fixture
def erase(officer, approver):
    """From the person to the finished erasure, through every step an officer takes."""

    def carry_out(*, tenant=None, decide="carry_out", **who):
        request = planned(officer, tenant=tenant, decide=decide, **who)
        approve(request, by=approver, plan_hash=request.plan_hash)
        start_erasure(request, by=approver, typed_number=request.number)
        return run_erasure(request.pk)

    return carry_out


def planned(officer, *, kind="erasure", tenant=None, decide="carry_out", **who):
    """A request whose identity is checked, planned, and decided for every tenant."""
    from pii.requests import decide_tenant
    from tenancy import system_scope

    request = receive(kind, by=officer, tenant=tenant, **who)
    attest(request, by=officer, method="passport seen at the desk")
    make_plan(request, by=officer)
    with system_scope(reason="test"):
        pending = list(request.decisions.all())
    for decision in pending:
        decide_tenant(request, decision.tenant_id, answer=decide, by=officer, ground="no duty to erase")
    return fresh(request)


def fresh(request):
    """The request as it stands now."""
    from pii.models import DataRequest
    from tenancy import system_scope

    with system_scope(reason="test"):
        return DataRequest.objects.get(pk=request.pk)
