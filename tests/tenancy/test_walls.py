"""Every route, with all walls and with each of them away in turn; the run writes the table of what caught what."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from django.forms.models import model_to_dict

from tenancy import CrossTenantAccess, system_scope, tenant_scope
from tenancy.exceptions import KeyNotFree
from tenancy.models import UserTenantMembership
from tenancy.testing.walls import without_composite_keys, without_orm, without_policies
from tests.factories import make_membership, make_tenant
from tests.testapp.models import Customer, Label, Order, OrderLabel

from .attempts import ATTEMPTS, SENTINEL, build_world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "walls.md"
MODELS = (Customer, Label, Order, OrderLabel)
CONFIGURATIONS = {
    "all three": (),
    "without the ORM": ("orm",),
    "without policies": ("policies",),
    "without composite keys": ("keys",),
}
# With the ORM's wall away nothing fills in for what only it can say; each line says why no row leaks all the same.
EXPECTED_LEAKS = {
    "without policies": {
        "read_cursor": "raw SQL: only the database can hold it",
        "read_with_bare_set_role": "the same, by another role",
        "read_other_tenant": "the directory of tenants is no tenant-owned model; policies alone guard it",
        "read_aggregate_from_tenant": "the same, through a join",
        "read_strangers_account": "accounts belong to people; policies alone hide strangers",
        "read_sessions": "sessions are a stock model; policies and grants alone guard them",
        "read_password_column": "a stock column; grants alone guard it",
        "read_second_factors": "a stock model; grants alone guard it",
        "read_extra_select": "raw SQL inside a query of the ORM",
        "write_collector": "Django's collector deletes by key alone; delete() asks first",
        "write_cursor_update": "raw SQL: only the database can hold it",
        "write_cursor_delete": "raw SQL: only the database can hold it",
        "write_cursor_insert": "raw SQL: only the database can hold it",
    },
    "without the ORM": {},
    "without composite keys": {
        "write_update_key": "row-level security does not check foreign keys, and update() takes a bare key",
        "write_key_by_id": "the same, by save()",
        "write_create_with_foreign_key": "the same, by create()",
        "write_bulk_create_with_foreign_key": "the same, by bulk_create()",
        "write_many_to_many_add_by_id": "the same, by a through row",
        "write_many_to_many_set_by_id": "the same, by a through row",
        "write_through_row": "the same, by a through row",
    },
    "all three": {},
}


def truth():
    """All rows of all tables, as only the system may see them."""
    with system_scope(reason="test"):
        rows = {
            (model.__name__, row.pk): {**model_to_dict(row), "tenant": row.tenant_id}
            for model in (*MODELS, UserTenantMembership)
            for row in model.objects.all()
        }
    return rows


def crossings(rows):
    """Rows that point at another tenant's row."""
    tenants = {key[1]: row["tenant"] for key, row in rows.items()}
    return [
        key
        for key, row in rows.items()
        for name, value in row.items()
        if name in ("customer", "order", "label") and tenants.get(value, row["tenant"]) != row["tenant"]
    ]


def outcome(name, world):
    """What an attempt came to: (leaked?, word for the table). Everything it did is rolled back."""
    before = truth()
    seen, held = None, "nothing found"
    with transaction.atomic():
        try:
            with tenant_scope(world.a), transaction.atomic():
                seen = ATTEMPTS[name](world)
                connection.check_constraints()
        except CrossTenantAccess:
            held = "refused"
        except KeyNotFree:
            held = "KeyNotFree"
        except Error as error:
            held = f"database: {type(error.__cause__ or error).__name__}"
        except Exception as error:  # noqa: BLE001 - any refusal holds; its name goes into the table
            held = type(error).__name__
        after = truth()
        transaction.set_rollback(True)
    if SENTINEL in repr(seen):
        return True, "LEAK"
    b_rows = {key: row for key, row in before.items() if row["tenant"] == world.b.pk}
    b_after = {key: row for key, row in after.items() if row["tenant"] == world.b.pk}
    if b_rows != b_after or crossings(after):
        return True, "CORRUPTION"
    return False, held


@pytest.fixture
def world(transactional_db):
    a, b = make_tenant("northwind"), make_tenant("contoso")
    make_membership(a, role="owner")
    stranger = make_membership(b, role="owner").user
    return build_world(a, b, stranger.pk)


def take_away(stack, *walls):
    for wall in walls:
        off = {"orm": without_orm, "policies": without_policies, "keys": lambda: without_composite_keys(*MODELS)}
        stack.enter_context(off[wall]())


def run(configuration, world):
    with ExitStack() as stack:
        take_away(stack, *CONFIGURATIONS[configuration])
        return {name: outcome(name, world) for name in ATTEMPTS}


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_no_row_leaks_but_where_the_table_says_why(configuration, world):
    leaks = {name for name, (leaked, _) in run(configuration, world).items() if leaked}
    assert leaks == set(EXPECTED_LEAKS[configuration])


def test_the_same_acts_on_own_rows_succeed(world):
    with tenant_scope(world.a):
        assert [c.secret for c in Customer.objects.all()] == ["plain"]
        Order.objects.filter(pk=world.a_order.pk).update(customer=world.a_customer)
        world.a_order.labels.add(world.a_label)
        world.a_customer.delete()
    with tenant_scope(world.b):
        assert Order.objects.count() == 1
        assert Order.objects.get().customer.secret == SENTINEL


@pytest.mark.drill
def test_the_table_of_what_caught_what_is_current(world):
    results = {configuration: run(configuration, world) for configuration in CONFIGURATIONS}
    lines = [
        "# What each wall catches",
        "",
        "Written by `tests/tenancy/test_walls.py` and compared on every check: attempts from inside one tenant at",
        "another tenant's rows, with all walls and with one of them away. What leaks without a wall says why below.",
        "",
        "| attempt | " + " | ".join(CONFIGURATIONS) + " |",
        "|---" * (len(CONFIGURATIONS) + 1) + "|",
    ]
    for name in ATTEMPTS:
        cells = " | ".join(
            f"**{word}**" if leaked else word for leaked, word in (results[c][name] for c in CONFIGURATIONS)
        )
        lines.append(f"| {name.replace('_', ' ')} | {cells} |")
    for configuration, reasons in EXPECTED_LEAKS.items():
        lines += [f"\n## {configuration.capitalize()}\n"] if reasons else []
        lines += [f"- {name.replace('_', ' ')}: {reason}" for name, reason in reasons.items()]
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_WALLS"):
        DOCUMENT.write_text(text)
    assert DOCUMENT.read_text() == text, "run `WRITE_WALLS=1 pytest -m drill tests/tenancy/test_walls.py` and review"
