"""SIGKILL of a real process in the middle of an erasure: each resumes to the same end, and nothing is done twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from pii.erase import run_erasure, start_erasure
from pii.models import DataRequest, PlanRow, State, Step
from pii.requests import approve
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
    hit = 0
    for number in range(KILLS):
        person = make_user(f"killed.canary.{number}@example.test", full_name=f"Killed Canary{number}")
        for tenant in tenants:
            make_membership(tenant, person, display_name=f"Killed Canary{number}")
        request = planned(officer, objects=[person])
        approve(request, by=approver, plan_hash=request.plan_hash)
        with pytest.MonkeyPatch.context() as patch:  # the job is run by the process below, not by this one
            patch.setattr("pii.erase.door.jobs.enqueue", lambda *args, **kwargs: None)
            start_erasure(request, by=approver, typed_number=request.number)
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
            assert_erased(person, request)
            continue
        with system_scope(reason="drill"):
            left = PlanRow.objects.filter(request=request, done=False).count()
        assert run_erasure(request.pk).state == State.DONE, (number, left)
        assert_erased(person, request)
    assert hit, "no kill came in time"


def assert_erased(person, request):
    with system_scope(reason="drill"):
        names = set(UserTenantMembership.objects.filter(user=person).values_list("display_name", flat=True))
        step = Step.objects.get(request=request, name="tenancy.UserTenantMembership")
        assert not PlanRow.objects.filter(request=request, done=False).exists()
        assert DataRequest.objects.get(pk=request.pk).tombstones.count() >= 13
    assert names == {""}
    assert step.done == step.total == 12  # nothing twice, nothing forgotten
