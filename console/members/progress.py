"""How far the job of an import is: done, rate, time left, and whether it still lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from console.jobs import is_lost
from console.models import FINISHED, JobRun

from .models import MemberImport
from .states import is_busy

STEPS = ("members.preview", "members.run", "members.undo")


@dataclass(frozen=True)
class Progress:
    """What the progress bar shows. `left` is None as long as nobody can tell."""

    done: int
    total: int | None
    percent: int | None
    rate: int
    left: timedelta | None
    message: str
    waiting: bool


def job_of(item: MemberImport) -> JobRun | None:
    """The newest job of the import."""
    return JobRun.objects.filter(key=str(item.pk), name__in=STEPS).order_by("-created_at").first()


def is_working(item: MemberImport) -> bool:
    """Whether a job waits or runs for it, on a worker that lives: then nobody else may touch it."""
    run = job_of(item) if is_busy(item) else None
    return run is not None and run.state not in FINISHED and not is_lost(run)


def progress_of(item: MemberImport) -> Progress:
    """The state of the newest job in numbers."""
    run = job_of(item)
    if run is None:
        return Progress(0, None, None, 0, None, "", True)
    spent = (timezone.now() - run.started_at).total_seconds() if run.started_at else 0.0
    rate = run.done / spent if spent > 0.5 else 0.0
    left = timedelta(seconds=round((run.total - run.done) / rate)) if rate and run.total else None
    return Progress(run.done, run.total, run.percent, round(rate), left, run.message, run.started_at is None)
