"""SIGKILL of a real process in the middle of an erasure: each resumes to the same end, and nothing is done twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from console.operations.models import AuditEvent
from pii.erase import run_erasure, start_erasure
from pii.erase.report import is_genuine
from pii.models import DataRequest, PlanRow, RequestEvent, State, Step
from pii.requests import approve
from pii.tombstones.journal import read
from tenancy import system_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user
from tests.pii.conftest import fresh, planned

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = int(os.environ.get("PII_KILLS", "20"))

RUN = """
import sys, django; django.setup()
from django.conf import settings
settings.PII = {**settings.PII, "BATCH": 3, "JOURNAL": sys.argv[2]}
print("ready", flush=True)
from pii.erase import run_erasure
run_erasure(sys.argv[1])
"""


def test_each_kill_resumes_to_the_same_end(settings, tmp_path, officer, approver):
    settings.PII = {**settings.PII, "BATCH": 3}
    random.seed()
    tenants = [make_tenant() for _ in range(12)]
    for tenant in tenants:
        make_membership(tenant, role="owner")
    database = connection.settings_dict
    place = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else ""
    secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    address = f"postgres://{database['USER']}{secret}@{place}/{database['NAME']}"
    env = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "VAR_DIR": str(tmp_path),
    }
    person, request = ordered(officer, approver, tenants, "undisturbed")
    assert run_erasure(request.pk).state == State.DONE
    undisturbed = end_state(person, request)
    assert undisturbed["memberships"] == {"": 12}
    assert undisturbed["each once"]
    assert undisturbed["journal tells of the same"]
    assert undisturbed["left"] == 0
    hit = 0
    for number in range(KILLS):
        person, request = ordered(officer, approver, tenants, number)
        command = [sys.executable, "-c", RUN, str(request.pk), settings.PII["JOURNAL"]]
        worker = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert worker.stdout.readline() == "ready\n"
        moment = random.uniform(0, 2.0)
        time.sleep(moment)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        state = fresh(request).state
        print(f"kill {number} after {moment:.3f} s: {state}")
        hit += state != State.DONE
        if state == State.DONE:
            assert end_state(person, request) == undisturbed
            continue
        assert run_erasure(request.pk).state == State.DONE, number
        assert end_state(person, request) == undisturbed, number
    assert hit, "no kill came in time"


def ordered(officer, approver, tenants, name):
    """A person in every tenant, and their erasure, approved and started; whoever asked for this runs it."""
    person = make_user(f"killed.canary.{name}@example.test", full_name=f"Killed Canary{name}")
    for tenant in tenants:
        make_membership(tenant, person, display_name=f"Killed Canary{name}")
    request = planned(officer, objects=[person])
    approve(request, by=approver, plan_hash=request.plan_hash)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pii.erase.door.jobs.enqueue", lambda *args, **kwargs: None)
        start_erasure(request, by=approver, typed_number=request.number)
    return person, request


def end_state(person, request):
    """What an erasure leaves, without keys and times: the same however often it was killed."""
    with system_scope(reason="drill"):
        request = DataRequest.objects.get(pk=request.pk)
        tombstones = [(stone.model, stone.key) for stone in request.tombstones.all()]
        lines = [line for line in read() if line["request"] == str(request.pk)]
        return {
            "state": request.state,
            "left": PlanRow.objects.filter(request=request, done=False).count(),
            "steps": sorted(Step.objects.filter(request=request).values_list("name", "done", "total", "history_done")),
            "tombstones": Counter(model for model, _ in tombstones),
            "each once": len(set(tombstones)) == len(tombstones),
            "journal tells of the same": {(line["model"], line["key"]) for line in lines} == set(tombstones),
            "events": Counter(RequestEvent.objects.filter(request=request).values_list("verb", flat=True)),
            "acts": Counter(AuditEvent.objects.filter(target_id=str(request.pk)).values_list("verb", flat=True)),
            "memberships": Counter(
                UserTenantMembership.objects.filter(user=person).values_list("display_name", flat=True)
            ),
            "history": Counter(
                UserTenantMembership.history.filter(user_id=person.pk).values_list("history_type", "display_name")
            ),
            "report": {
                name: request.report[name]
                for name in ("state", "steps", "retained", "held_rows", "mentions_removed", "mentions_explained")
            },
            "genuine": is_genuine(request.report, request.signature),
        }
