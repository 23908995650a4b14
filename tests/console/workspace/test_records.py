"""Customers' records: unique per tenant, found through an index under the tenant's own role, tied to one tenant."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from console.workspace.keys import digits_key, prefix_range, search_key, starts_with
from console.workspace.models import Contact, ContactTag, Note, Tag
from console.workspace.paging import keyset_page
from console.workspace.search import search_contacts
from tenancy import tenant_scope
from tenancy.db.owner import owner_connection
from tenancy.exceptions import CrossTenantAccess

NAMES = ["Ångström", "angstrom", "Jones", "jo", "Jp", "Muñoz", "Straße"]


def make_contacts(tenant, count, **fields):
    with tenant_scope(tenant):
        return Contact.objects.bulk_create(
            Contact(last_name=f"Name{number:05}", email=f"c{number}@example.test", **fields) for number in range(count)
        )


def test_keys_have_no_case_accents_or_runs_of_blanks():
    assert search_key(" Ångström ", "Zoë  Ann") == "angstrom zoe ann"
    assert digits_key("+49 (30) 12-34") == "49301234"


@given(st.text(min_size=1, max_size=20), st.text(max_size=5))
def test_a_prefix_is_a_range(prefix, rest):
    low, high = prefix_range(prefix)
    assert low <= prefix + rest
    assert high is None or prefix + rest < high
    if high is not None:
        assert not high.startswith(prefix)


def test_keys_follow_every_way_of_saving(tenant_a):
    with tenant_scope(tenant_a):
        contact = Contact.objects.create(
            first_name="Zoë", last_name="Ångström", email=" Zoe@Example.TEST ", phone="+1 2"
        )
        contact.refresh_from_db()
        assert (contact.name_key, contact.email, contact.phone_key) == ("angstrom zoe", "zoe@example.test", "12")
        contact.last_name = "Bell"
        contact.save(update_fields=["last_name"])
        contact.refresh_from_db()
        assert contact.name_key == "bell zoe"
        [other] = Contact.objects.bulk_create([Contact(company="Acmé")])
        assert Contact.objects.get(pk=other.pk).name_key == "acme"


def test_an_address_is_unique_within_its_tenant_alone(tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            Contact.objects.create(email="same@example.test")
            Contact.objects.create()
            Contact.objects.create()
    with tenant_scope(tenant_a), pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(email="SAME@example.test")


def test_a_tag_is_one_word_however_it_is_spelled(tenant_a):
    with tenant_scope(tenant_a):
        Tag.objects.create(name="Café")
        with pytest.raises(IntegrityError), transaction.atomic():
            Tag.objects.create(name="CAFE")


def test_nothing_hangs_on_another_tenants_contact(tenant_a, tenant_b):
    [foreign] = make_contacts(tenant_b, 1)
    with tenant_scope(tenant_a):
        with pytest.raises(CrossTenantAccess):
            Note.objects.create(contact=foreign, body="x")
        tag = Tag.objects.create(name="vip")
        for row in (Note(contact_id=foreign.pk, body="x"), ContactTag(contact_id=foreign.pk, tag=tag)):
            with pytest.raises(IntegrityError), transaction.atomic():
                save_and_check(row)


def save_and_check(row):
    """The keys are deferred: judge them now."""
    row.save()
    connection.check_constraints()


def test_history_is_the_tenants_own_and_stays(tenant_a, tenant_b):
    [contact] = make_contacts(tenant_b, 1)
    with tenant_scope(tenant_b):
        contact.city = "Oslo"
        contact.save()
        assert contact.history.count() == 1
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Contact.history.all().delete()
    with tenant_scope(tenant_a):
        assert Contact.history.count() == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jo", {"Jones", "jo"}),
        ("ANG", {"Ångström", "angstrom"}),
        ("munoz", {"Muñoz"}),
        ("strasse", {"Straße"}),
        ("q", set()),
    ],
)
def test_search_by_prefix(tenant_a, tenant_b, text, found):
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            Contact.objects.bulk_create(Contact(last_name=name) for name in NAMES)
    with tenant_scope(tenant_a):
        assert {contact.last_name for contact in search_contacts(text)} == found


def test_search_takes_every_word_and_every_column(tenant_a):
    with tenant_scope(tenant_a):
        wanted = Contact.objects.create(
            first_name="Ada", last_name="Byron", company="Engines", email="ada@mill.test", phone="+44 20 7946"
        )
        Contact.objects.create(first_name="Ada", last_name="Other")
        for text in ("ada by", "ada@mill", "eng", "442079", "+44", "ada eng"):
            assert wanted in search_contacts(text), text
        assert list(search_contacts("ada by")) == [wanted]
        assert list(search_contacts("%")) == []
        assert list(search_contacts("ada\0 by")) == [wanted]


def plan_of(queryset):
    sql, params = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        assert cursor.fetchone() == ("toc_tenant",)
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def many(transactional_db, tenant_a, tenant_b):
    """Committed rows with statistics, as the planner has them in production."""
    make_contacts(tenant_b, 500)
    rows = make_contacts(tenant_a, 4_000)
    connection.close()
    with owner_connection("default"), connection.cursor() as cursor:
        cursor.execute("ANALYZE workspace_contact")
    return rows


def test_prefix_search_and_pages_use_their_index_under_the_tenants_role(many, tenant_a):
    with tenant_scope(tenant_a):
        found = Contact.objects.filter(starts_with("name_key", "name004")).order_by("name_key", "id")
        plan = plan_of(found[:26])
        assert "Index Scan using workspace_contact_name" in plan
        assert "name_key)::text >= 'name004'" in plan.split("Index Cond")[1].splitlines()[0]
        plan = plan_of(search_contacts("name0041"))
        for index in ("name", "first", "company"):
            assert f"Bitmap Index Scan on workspace_contact_{index}" in plan
        assert "Index Cond: (((email)::text >= 'name0041'" in plan.replace("(tenant_id = $0) AND ", "")
        assert "Seq Scan" not in plan
        seen = []
        keyset_page(Watched(Contact.objects.all(), seen), ("name_key", "id"), size=25, after=str(many[3_000].pk))
        plan = plan_of(seen[0])
        assert "Index Scan using workspace_contact_name" in plan
        assert "Sort" not in plan
        assert "ROW(" in plan.split("Index Cond")[1].splitlines()[0]


class Watched:
    """A queryset that remembers what it was filtered to."""

    def __init__(self, queryset, seen):
        self.queryset, self.seen, self.model = queryset, seen, queryset.model

    def filter(self, *args):
        return Watched(self.queryset.filter(*args), self.seen)

    def order_by(self, *names):
        return Watched(self.queryset.order_by(*names), self.seen)

    def __getitem__(self, part):
        self.seen.append(self.queryset[part])
        return self.queryset[part]


@pytest.mark.parametrize("ordering", [("name_key", "id"), ("-created_at", "-id")])
def test_pages_lead_through_all_rows_and_back(tenant_a, tenant_b, ordering):
    make_contacts(tenant_b, 3)
    make_contacts(tenant_a, 23)
    with tenant_scope(tenant_a):
        every = list(Contact.objects.order_by(*ordering).values_list("pk", flat=True))
        pages = [keyset_page(Contact.objects.all(), ordering, size=5)]
        while pages[-1].after:
            pages.append(keyset_page(Contact.objects.all(), ordering, size=5, after=pages[-1].after))
        assert [row.pk for page in pages for row in page.rows] == every
        back = keyset_page(Contact.objects.all(), ordering, size=5, before=pages[-1].before)
        assert [row.pk for row in back.rows] == every[15:20]
        first = keyset_page(Contact.objects.all(), ordering, size=5, before=pages[1].before)
        assert [row.pk for row in first.rows] == every[:5]
        assert first.before is None


def test_a_key_out_of_reach_leads_to_the_first_page(tenant_a, tenant_b, django_assert_num_queries):
    [foreign] = make_contacts(tenant_b, 1)
    make_contacts(tenant_a, 3)
    with tenant_scope(tenant_a):
        for key in (str(foreign.pk), "nonsense", "00000000-0000-4000-8000-000000000000"):
            page = keyset_page(Contact.objects.all(), ("name_key", "id"), size=2, after=key)
            assert len(page.rows) == 2
            assert page.before is None
