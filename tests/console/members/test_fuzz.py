"""Whatever the file and the choices: each row in one list, nothing half-written, and an undo gives back what was."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.members import flow, undo
from console.members.browse import LISTS, page, pages
from console.members.choices import Choices, Missing
from console.members.corrections import write_refused
from console.members.database import ROWS, rows
from console.members.files import FileRefused, MappingError, read_rows
from console.members.models import MemberImport
from console.members.reading import kept_file
from console.members.uploading import look, upload
from tenancy import Role, TenantRefused, system_scope, tenant_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user

from .fuzzing import CONTENTS, FIELDS

NUMBERS = itertools.count(1)
SHOWN = ("user__email", "display_name", "role", "is_active", "external_id", "title")
CHOICES = st.builds(
    Choices,
    strict=st.booleans(),
    missing=st.sampled_from(Missing),
    invite=st.booleans(),
    default_role=st.sampled_from([Role.MEMBER, Role.VIEWER, Role.ADMIN]),
    update=st.none() | st.lists(st.sampled_from(["display_name", "role", "is_active", "external_id"])).map(tuple),
    words=st.sampled_from([{}, {}, {"role": {"Boss": "admin", "n/a": "viewer"}, "is_active": {"weg": "false"}}]),
)
NUMBERED = st.dictionaries(st.sampled_from("123456"), st.sampled_from([*FIELDS, "ignore"]), max_size=6)
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "mapping": NUMBERED,
        "delimiter": st.sampled_from(",;\t|x"),
        "encoding": st.sampled_from(["utf-8", "utf-16", "cp1252", "cp850"]),
    },
)
many = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def people(tenant):
    with system_scope(reason="test"):
        return sorted(UserTenantMembership.objects.filter(tenant=tenant).values_list(*SHOWN))


def everything(tenant):
    """All that there is of a tenant's members, to the microsecond."""
    with system_scope(reason="test"):
        now = UserTenantMembership.objects.filter(tenant=tenant).order_by("pk").values_list()
        then = UserTenantMembership.history.filter(tenant_id=tenant.pk).order_by("history_id").values_list()
        return list(now), list(then)


def written(item):
    """The history rows of the import: (kind, member, what the row says)."""
    with system_scope(reason="test"):
        found = UserTenantMembership.history.filter(tenant_id=item.tenant_id, history_change_reason=item.reason)
        return list(found.values("history_type", "id", *SHOWN[1:]))


def filled_tenant():
    number = next(NUMBERS)
    tenant = make_tenant(f"fuzzed-{number}")
    make_membership(tenant, _user("owner@here.test"), role="owner")
    make_membership(tenant, _user("admin@here.test"), role="admin", external_id="7", display_name="Ada")
    make_membership(tenant, _user("off@here.test"), role="viewer", is_active=False, title="Gone")
    return tenant


def _user(email):
    from console.accounts.models import User

    with system_scope(reason="test"):
        return User.objects.filter(email=email).first() or make_user(email)


@many
@given(CONTENTS, CHOICES, WISHES, st.sampled_from([Role.OWNER, Role.OWNER, Role.ADMIN]))
def test_an_import_is_whole_or_refused_and_goes_back(tenant_b, content, choices, wishes, ceiling):
    tenant = filled_tenant()
    before, others = people(tenant), everything(tenant_b)
    item = taken_in(tenant, content, choices, wishes, ceiling)
    assert people(tenant) == before  # nothing is written before somebody confirms
    if item is not None:
        judge_lists(item)
        if run(item, choices, before):
            judge_result(item, before, choices, ceiling)
            take_back(item, before)
    assert everything(tenant_b) == others


def taken_in(tenant, content, choices, wishes, ceiling):
    """The previewed import; None where the file or the wishes were refused in words."""
    with TemporaryDirectory() as folder, tenant_scope(tenant):
        path = Path(folder) / "people"
        path.write_bytes(content)
        try:
            item = upload(tenant, path, name="people", by=None, overrides=wishes, choices=choices, ceiling=ceiling)
        except (FileRefused, MappingError):
            return None
        flow.preview(item)
    if item.state == "stopped":
        assert item.message
        return None
    assert item.state == "previewed"
    return item


def judge_lists(item):
    """Each row that was read stands in one list, and every list can be shown and kept."""
    with tenant_scope(item.tenant_id):
        with kept_file(item) as path:
            found = list(read_rows(look(item, path), rules=flow.rules_of(item))[0])
        staged = dict(rows(f"SELECT line, action FROM {ROWS} WHERE import_id = %(import)s AND line > 0", item))
        assert sorted(staged) == [row.line for row in found]
        kept = rows(f"SELECT action FROM {ROWS} WHERE import_id = %(import)s AND line < 0", item)
        assert {action for (action,) in kept} <= {"missing", "refused"}  # no last owner is deactivated
        assert sum(item.counts.values()) == len(found) + len(kept)
        assert set(item.counts) <= set(LISTS)
        for name in LISTS:
            listed = list(pages(item, name))
            assert len(listed) == item.counts.get(name, 0)
            assert page(item, name) == listed[:50]
            json.dumps(listed, default=str).encode()
            if name == "refused":
                assert all(problem["reason"] and problem["remedy"] for row in listed for problem in row["problems"])
                assert all(row["problems"] for row in listed)
        out = io.StringIO()
        assert write_refused(item, out) == list(staged.values()).count("refused")
        out.getvalue().encode()


def run(item, choices, before):
    """Whether it was confirmed and came to its end."""
    with tenant_scope(item.tenant_id):
        if choices.strict and item.counts.get("refused"):
            with pytest.raises(TenantRefused, match="strict"):
                flow.confirm(item, by=None)
            assert people(item.tenant) == before
            return False
        flow.confirm(item, by=None)
        flow.run(item)
    assert item.state == "done", item.message
    return True


def judge_result(item, before, choices, ceiling):
    with tenant_scope(item.tenant_id):
        new, changed, missing = (list(pages(item, name)) for name in ("new", "changed", "missing"))
        off = [row for row in missing if row["values"].get("is_active") is False]
    assert item.applied.get("conflicts", 0) == 0
    assert item.applied.get("new", 0) == len(new)
    assert item.applied.get("changed", 0) == len(changed) + len(off)
    now = {row[0]: dict(zip(SHOWN, row, strict=True)) for row in people(item.tenant)}
    assert set(now) == {row[0] for row in before} | {row["key"] for row in new}
    for row in [*new, *changed, *off]:
        assert {name: now[row["key"]][name] for name in row["values"]} == row["values"]
    touched = {row["key"] for row in [*new, *changed, *off]}
    for row in before:
        assert row[0] in touched or tuple(now[row[0]].values()) == row
    for key in touched:
        assert Role(now[key]["role"]).rank <= ceiling.rank
    assert any(row["role"] == "owner" and row["is_active"] for row in now.values())
    if not (choices.missing == Missing.DEACTIVATE and choices.update is not None):
        assert all(now[row["key"]]["role"] for row in new)
    story = written(item)
    assert len(story) == len(touched) == len({row["id"] for row in story})
    with system_scope(reason="test"):
        for row in story:
            stored = UserTenantMembership.objects.get(pk=row["id"])
            assert {name: getattr(stored, name) for name in SHOWN[1:]} == {name: row[name] for name in SHOWN[1:]}


def take_back(item, before):
    with tenant_scope(item.tenant_id):
        item = MemberImport.objects.select_related("tenant").get(pk=item.pk)
        possible = undo.is_possible(item)
        assert possible == bool(written(item))
        if not possible:
            return
        undo.request(item, by=None)
        undo.run(item)
    assert item.state == "undone", item.message
    assert item.applied["kept"] == 0
    assert people(item.tenant) == before
