"""Other ways to the same rows, each as its documentation says; none writes the staff's search words."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

COLUMNS = ("email", "tenant", "display_name", "role", "is_active", "external_id", "title")


def dataset(path: Path, tenant: Any) -> Any:
    """The file as tablib holds it, in the words of the model: what the engine translates is translated for free."""
    import tablib

    data = tablib.Dataset(headers=list(COLUMNS))
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            name = f"{row['First Name']} {row['Last Name']}"
            values = (row["Email Address"], str(tenant.pk), name, "member", "1")
            data.append((*values, row["Employee ID"], row["Employee Title"]))
    return data


def stock(path: Path, tenant: Any) -> dict[str, float]:
    """django-import-export at its defaults: a dry run for the preview, then the import, as in its admin.

    What its admin adds is left out: 68 MiB of preview for 20,000 rows, and its log entries.
    """
    return _import_export(path, tenant, use_bulk=False)


def stock_use_bulk(path: Path, tenant: Any) -> dict[str, float]:
    """django-import-export with `use_bulk`, accounts made beforehand by `bulk_create`. Writes no history rows."""
    return _import_export(path, tenant, use_bulk=True)


def _import_export(path: Path, tenant: Any, *, use_bulk: bool) -> dict[str, float]:
    from tenancy import system_scope
    from tenancy.audit import changing

    make = _bulk_resource if use_bulk else _resource
    with system_scope(reason="bench"), changing(by=None, reason="bench"):
        began = time.perf_counter()
        data = dataset(path, tenant)
        if not use_bulk:
            _check(make().import_data(data, dry_run=True, use_transactions=True))
        middle = time.perf_counter()
        _check(make().import_data(data, dry_run=False, use_transactions=True))
        ended = time.perf_counter()
    return {"seconds": ended - began, "merge_seconds": ended - middle}


def _resource() -> Any:
    from django.contrib.auth import get_user_model
    from import_export import fields, resources, widgets

    from tenancy.models import UserTenantMembership

    users = get_user_model()

    class Stock(resources.ModelResource):
        user = fields.Field(attribute="user", column_name="email", widget=widgets.ForeignKeyWidget(users, "email"))

        class Meta:
            model = UserTenantMembership
            fields = ("user", "tenant", "display_name", "role", "is_active", "external_id", "title")
            import_id_fields = ("user", "tenant")

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            if not users.objects.filter(email=row["email"]).exists():
                person = users(email=row["email"])
                person.set_unusable_password()
                person.save()

    return Stock()


def _bulk_resource() -> Any:
    from django.contrib.auth import get_user_model
    from import_export import fields, resources, widgets

    from tenancy.models import UserTenantMembership

    users = get_user_model()

    class Bulk(resources.ModelResource):
        user = fields.Field(attribute="user", column_name="email", widget=widgets.ForeignKeyWidget(users, "email"))

        class Meta:
            model = UserTenantMembership
            fields = ("user", "tenant", "display_name", "role", "is_active", "external_id", "title")
            import_id_fields = ("user", "tenant")
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            force_init_instance = True  # all are new; spares a query per row

        def before_import(self, dataset: Any, **kwargs: Any) -> None:
            people = [users(email=row["email"], password="!") for row in dataset.dict]
            users.objects.bulk_create(people, batch_size=1000, ignore_conflicts=True)
            self.known = dict(users.objects.filter(email__in=[p.email for p in people]).values_list("email", "pk"))

        def import_field(self, field: Any, instance: Any, row: Any, *args: Any, **kwargs: Any) -> None:
            """Foreign keys from what is known already: the cache that the documentation recommends."""
            if field.attribute == "user":
                instance.user_id = self.known[row["email"]]
            elif field.attribute == "tenant":
                instance.tenant_id = row["tenant"]
            else:
                super().import_field(field, instance, row, *args, **kwargs)

    return Bulk()


def _check(result: Any) -> None:
    errors = [error for _, row in result.row_errors() for error in row] + list(result.base_errors)
    assert not errors, errors[0].error
    assert not result.has_validation_errors()


def bulk_create_with_history(path: Path, tenant: Any) -> dict[str, float]:
    """django-simple-history's bulk function, for accounts and members. Writes neither actor nor upserts."""
    from django.contrib.auth import get_user_model
    from simple_history.utils import bulk_create_with_history as bulk

    from tenancy import system_scope
    from tenancy.models import UserTenantMembership

    users = get_user_model()
    with system_scope(reason="bench"):
        began = time.perf_counter()
        data = dataset(path, tenant).dict
        middle = time.perf_counter()
        people = bulk([users(email=row["email"], password="!") for row in data], users, batch_size=1000)
        names = ("display_name", "role", "external_id", "title")
        rows = [
            UserTenantMembership(tenant=tenant, user=person, **{name: row[name] for name in names})
            for person, row in zip(people, data, strict=True)
        ]
        bulk(rows, UserTenantMembership, batch_size=1000)
        ended = time.perf_counter()
    return {"seconds": ended - began, "merge_seconds": ended - middle}


def raw_copy(path: Path, tenant: Any) -> dict[str, float]:
    """COPY of the same rows into one unlogged table without index: the floor under everything."""
    from django.db import connection, transaction

    from tenancy import tenant_scope
    from tenancy.db.message import narrow_role

    rows = dataset(path, tenant)
    with tenant_scope(tenant), transaction.atomic(), narrow_role("import"), connection.cursor() as cursor:
        began = time.perf_counter()
        columns = "import_id, tenant_id, line, last_line, action, key, c1, c2, c3, c4, c5, c6"
        with cursor.copy(f"COPY staging.landing ({columns}) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row((tenant.pk, tenant.pk, number, number, "new", row[0], row[0], *row[2:]))
        ended = time.perf_counter()
        transaction.set_rollback(True)
    return {"seconds": ended - began, "merge_seconds": ended - began}


def openpyxl_parsing(path: Path, tenant: Any) -> dict[str, float]:
    """A workbook read by openpyxl in its read-only mode, cell by cell, and nothing else."""
    import openpyxl

    began = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True)
    for _row in book.worksheets[0].iter_rows(values_only=True):
        pass
    return {"seconds": time.perf_counter() - began}
