"""Declarations of the job queue: arguments are keys by rule, and the scan reads them all the same."""

from __future__ import annotations

import pii
from pii import FREETEXT

_WORD = "a word of the program, not of a person"


@pii.declare("procrastinate.ProcrastinateJob")
class JobPII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "args": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys of jobs"), is_open=True),
        "lock": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys of jobs"), is_open=True),
        "queueing_lock": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys of jobs"), is_open=True),
    }
    plain = {
        "id worker priority attempts scheduled_at abort_requested": "the job's own life",
        "queue_name": _WORD,
        "task_name": _WORD,
        "status": _WORD,
    }
    row = pii.KEEP("a job's row is gone with the queue's own clean-up")
    purpose = "Work in the background"


pii.waive("procrastinate.ProcrastinateEvent", fields="type", reason="steps of a job, in the program's own words")
pii.waive("procrastinate.ProcrastinatePeriodicDefer", fields="task_name periodic_id", reason="names of periodic tasks")
pii.waive("procrastinate.ProcrastinateWorker", reason="a worker process and its heartbeat")


@pii.declare("console.JobRun")
class JobRunPII(pii.ModelPII):
    subject = pii.nobody()
    actors = ["requested_by"]
    fields = {
        "key": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys of jobs"), is_open=True),
        "message": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("progress of jobs"), is_open=True),
        "error": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("failures of jobs"), is_open=True),
        "lock": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys of jobs"), is_open=True),
    }
    plain = {
        "id tenant queue_id": "keys",
        "name": "name of the job in the program",
        "state done total attempts cancel_requested": "how far it is",
        "created_at scheduled_at started_at finished_at": "when it ran",
    }
    row = pii.KEEP("the record that a job ran")
    purpose = "Showing how far jobs are"
