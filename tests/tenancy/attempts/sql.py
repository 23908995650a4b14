"""SQL written by hand, as somebody does who found an injection."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import connection

from tests.testapp.models import Customer

from .world import SENTINEL, attempt


@attempt
def read_raw_queryset(w):
    return [c.secret for c in Customer.objects.raw("SELECT * FROM testapp_customer")]


@attempt
def read_cursor(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM testapp_customer")
        return cursor.fetchall()


@attempt
def read_sessions(w):
    return SENTINEL if Session.objects.exists() else None


@attempt
def read_password_column(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user")
        return SENTINEL if cursor.fetchall() else None


@attempt
def read_second_factors(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        return cursor.fetchall()


@attempt
def read_with_bare_set_role(w):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE toc_wide")
        cursor.execute("SELECT secret FROM testapp_customer")
        return cursor.fetchall()


@attempt
def write_cursor_update(w):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE testapp_customer SET name = 'Taken' || id::text")


@attempt
def write_cursor_delete(w):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM testapp_orderlabel")


@attempt
def write_cursor_insert(w):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO testapp_label (id, tenant_id, word) VALUES (gen_random_uuid(), %s, 'planted')", [w.b.pk]
        )


@attempt
def write_truncate(w):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE testapp_orderlabel")


@attempt
def write_temporary_shadow(w):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE testapp_customer (id uuid)")
    return SENTINEL


@attempt
def read_extra_select(w):
    rows = Customer.objects.extra(select={"others": "SELECT string_agg(secret, ' ') FROM testapp_customer"})
    return [c.others for c in rows]
