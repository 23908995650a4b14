"""Other people's rows by the million, over every kind of table that a search for one person touches."""

from __future__ import annotations

from collections.abc import Iterator

STEP = 250_000
WHEN = "now() - n * interval '7 seconds'"
CONTACT_TYPE = "(SELECT id FROM django_content_type WHERE app_label = 'workspace' AND model = 'contact')"
NAME = "'First' || (n::bigint * 7919 % 5003)", "'Last' || substr(md5(n::text), 1, 6)"
CONTACT = {
    "first_name": NAME[0],
    "last_name": NAME[1],
    "email": "'c' || n || '@people' || (n % 997) || '.test'",
    "phone": "'+49 30 ' || (10000000 + n)",
    "company": "'Company ' || (n % 2003)",
    "street": "'Some Street ' || (n % 300)",
    "postal_code": "(10000 + n % 89999)::text",
    "city": "'Town ' || (n % 1009)",
    "country": "'DE'",
    "attributes": "jsonb_build_object('source', 'fair ' || (n % 50), 'size', n % 100)",
    "created_at": WHEN,
    "updated_at": WHEN,
}
KEYS = {
    "name_key": f"lower({NAME[1]} || ' ' || {NAME[0]})",
    "first_name_key": f"lower({NAME[0]})",
    "company_key": "'company ' || (n % 2003)",
    "phone_key": "'4930' || (10000000 + n)",
}
# table -> (share of all rows, column -> SQL over the running number n)
TABLES: dict[str, tuple[float, dict[str, str]]] = {
    "accounts_user": (
        0.06,
        {
            "id": "md5('user' || n)::uuid",
            "email": "'u' || n || '@people' || (n % 997) || '.test'",
            "full_name": f"{NAME[0]} || ' ' || {NAME[1]}",
            "password": "'argon2$' || md5(n::text)",
            "locale": "'en'",
            "time_zone": "'UTC'",
            "is_active": "true",
            "is_staff": "false",
            "is_superuser": "false",
            "date_joined": WHEN,
        },
    ),
    "tenancy_usertenantmembership": (
        0.06,
        {
            "id": "gen_random_uuid()",
            "tenant_id": "TENANT",
            "user_id": "md5('user' || n)::uuid",
            "role": "'member'",
            "is_active": "true",
            "display_name": f"{NAME[0]} || ' ' || {NAME[1]}",
            "external_id": "'EMP-' || n",
            "title": "'Engineer'",
            "created_at": WHEN,
            "updated_at": WHEN,
        },
    ),
    "account_emailaddress": (
        0.04,
        {
            "user_id": "md5('user' || n)::uuid",
            "email": "'u' || n || '@people' || (n % 997) || '.test'",
            "verified": "true",
            '"primary"': "true",
        },
    ),
    "workspace_contact": (0.34, {"id": "md5('contact' || n)::uuid", "tenant_id": "TENANT", **CONTACT, **KEYS}),
    "workspace_historicalcontact": (
        0.24,
        {
            "id": "md5('contact' || n)::uuid",
            "tenant_id": "TENANT",
            **CONTACT,
            "history_date": WHEN,
            "history_type": "'+'",
            "history_actor": "''",
            "history_request_id": "''",
        },
    ),
    "workspace_note": (
        0.16,
        {
            "id": "gen_random_uuid()",
            "tenant_id": "TENANT",
            "contact_id": "md5('contact' || n)::uuid",
            "body": "'Called on day ' || (n % 365) || ', offer of ' || n || ' EUR. ' || repeat('More words. ', 8)",
            "created_at": WHEN,
            "updated_at": WHEN,
        },
    ),
    "operations_auditevent": (
        0.06,
        {
            "at": WHEN,
            "verb": "'member.changed'",
            "actor_id": "md5('user' || (n % 50))::uuid",
            "actor_address": "'u' || (n % 50) || '@people.test'",
            "tenant_key": "TENANT",
            "target_model": "'workspace.contact'",
            "target_id": "md5('contact' || n)::uuid::text",
            "reason": "'asked for by ticket ' || n",
            "details": "jsonb_build_object('count', n % 10)",
            "request_id": "md5(n::text)",
        },
    ),
    "django_admin_log": (
        0.04,
        {
            "action_time": WHEN,
            "user_id": "md5('user' || (1 + n % 50))::uuid",
            "content_type_id": CONTACT_TYPE,
            "object_id": "md5('contact' || n)::uuid::text",
            "object_repr": "'contact ' || n",
            "action_flag": "2",
            "change_message": "'[]'",
        },
    ),
}


def complete(connection, table: str, columns: dict[str, str]) -> dict[str, str]:
    """The columns with an empty word for every text column that must have a value and is given none."""
    asked = (
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND is_identity = 'NO' AND data_type IN ('character varying', 'text')"
    )
    needed = {name for (name,) in connection.execute(asked, [table])}
    return {**dict.fromkeys(sorted(needed - columns.keys()), "''"), **columns}


def statements(table: str, columns: dict[str, str], tenant: str, have: int, upto: int) -> Iterator[str]:
    """INSERTs for the rows `have + 1 … upto`, in steps."""
    names = ", ".join(columns)
    values = ", ".join(value.replace("TENANT", f"'{tenant}'::uuid") for value in columns.values())
    for start in range(have + 1, upto + 1, STEP):
        end = min(upto, start + STEP - 1)
        yield f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series({start}, {end}) AS n"


def fill(connection, tenant: str, have: int, rows: int) -> None:
    """Grow every table from its share of `have` to its share of `rows`. `connection` is the owner's."""
    for table, (share, columns) in TABLES.items():
        for statement in statements(
            table, complete(connection, table, columns), tenant, int(have * share), int(rows * share)
        ):
            connection.execute(statement)
    connection.execute("VACUUM ANALYZE")
