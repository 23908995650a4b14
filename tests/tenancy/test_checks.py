"""Every system check of tenancy is shown to fire, and to be silent on this project."""

from __future__ import annotations

import pytest
from django.core.checks import Error, Warning
from django.db import models
from django.test.utils import isolate_apps

from tenancy import checks, system_scope
from tenancy.models import Tenant, TenantOwnedModel
from tests.testapp.models import Customer


@pytest.fixture
def registry(monkeypatch):
    """An empty registry of models, which the checks look at; it knows what a tenant is."""
    with isolate_apps("tenancy", "django.contrib.contenttypes") as isolated:
        isolated.register_model("tenancy", Tenant)
        monkeypatch.setattr(checks, "apps", isolated)
        yield isolated


@pytest.fixture
def enforcement(settings):
    def use(value):
        settings.TENANCY = {**settings.TENANCY, "ENFORCEMENT": value}

    return use


def ids(found):
    return [message.id for message in found]


def of_models():
    return ids(checks.check_models(None))


def test_this_project_gives_no_check_a_reason(db):
    assert checks.check_models(None) == []
    assert checks.check_project(None) == []
    with system_scope(reason="test"):
        assert checks.check_database(None, databases=["default"]) == []


# Models ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["default", "base"])
def test_e001_a_manager_without_the_scope(registry, which):
    if which == "default":

        class Loose(TenantOwnedModel):
            objects = models.Manager()

            class Meta:
                app_label = "tenancy"
    else:

        class Loose(TenantOwnedModel):
            class Meta(TenantOwnedModel.Meta):
                app_label = "tenancy"

        Loose._meta.__dict__["base_manager"] = models.Manager()  # as if Meta named another
    [found] = checks.check_models(None)
    assert (found.id, which in found.msg) == ("tenancy.E001", True)


def test_e003_a_unique_that_two_tenants_share(registry):
    class Invoice(TenantOwnedModel):
        number = models.CharField(max_length=9, unique=True)
        year = models.IntegerField()
        token = models.CharField(max_length=9, unique=True)
        tenancy_global_uniques = {"token": "drawn at random"}

        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"
            constraints = [
                models.UniqueConstraint(fields=["year", "tenant"], name="late"),
                models.UniqueConstraint(fields=["tenant", "year"], name="right"),
            ]

    assert of_models() == ["tenancy.E003", "tenancy.E003"]


def test_e004_an_automatic_table_between_two_models(registry):
    class Tag(TenantOwnedModel):
        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    class Post(TenantOwnedModel):
        tags = models.ManyToManyField(Tag)

        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    assert of_models() == ["tenancy.E004"]


def test_e006_a_row_without_tenant_that_points_at_one_with(registry):
    class Loose(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "tenancy"

    [found] = checks.check_models(None)
    assert (found.id, type(found)) == ("tenancy.E006", Error)


def test_e006_is_a_warning_for_the_account_itself(registry, settings):
    class Account(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "tenancy"

    settings.AUTH_USER_MODEL = "tenancy.Account"
    [found] = checks.check_models(None)
    assert (found.id, type(found)) == ("tenancy.E006", Warning)


def test_e014_half_of_a_row_in_another_table(registry):
    class Parent(TenantOwnedModel):
        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    class Child(Parent):
        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    assert of_models() == ["tenancy.E014"]


def test_w016_a_generic_key(registry):
    from django.contrib.contenttypes.fields import GenericForeignKey
    from django.contrib.contenttypes.models import ContentType

    class Note(TenantOwnedModel):
        content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
        object_id = models.UUIDField()
        target = GenericForeignKey()

        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    assert of_models() == ["tenancy.W016"]


def test_what_is_only_observed_warns(registry, enforcement):
    class Invoice(TenantOwnedModel):
        number = models.CharField(max_length=9, unique=True)

        class Meta(TenantOwnedModel.Meta):
            app_label = "tenancy"

    enforcement("observe")
    [found] = checks.check_models(None)
    assert (found.id, type(found)) == ("tenancy.E003", Warning)


# The project -------------------------------------------------------------------------------------------------------


def test_w002_and_e002_the_middleware_and_its_place(settings):
    rest = [name for name in settings.MIDDLEWARE if name != checks.MIDDLEWARE]
    settings.MIDDLEWARE = rest
    assert ids(checks.check_project(None)) == ["tenancy.W002"]
    settings.MIDDLEWARE = [checks.MIDDLEWARE, *rest]
    assert ids(checks.check_project(None)) == ["tenancy.E002"]


def test_w013_the_router(settings):
    settings.DATABASE_ROUTERS = []
    assert ids(checks.check_project(None)) == ["tenancy.W013"]


def test_w020_a_project_without_wall_two(monkeypatch):
    monkeypatch.setattr(checks, "has_wall_two", lambda connection: False)
    assert ids(checks.check_project(None)) == ["tenancy.W020"]


@pytest.mark.parametrize("engine", ["db", "cached_db"])
def test_e009_a_session_engine_that_a_tenants_scope_refuses(settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    assert ids(checks.check_project(None)) == ["tenancy.E009"]


def test_e012_a_password_column_that_tenants_would_ask_for(monkeypatch):
    monkeypatch.setattr(checks, "IdentityCharField", type("Other", (), {}))
    assert ids(checks.check_project(None)) == ["tenancy.E012"]


# The database ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_e030_every_hole_of_the_report(owner_sql):
    owner_sql(
        "CREATE TABLE stray (id int)",
        undo="DROP TABLE stray",
    )
    with system_scope(reason="test"):
        found = checks.check_database(None, databases=["default"])
    assert ids(found) == ["tenancy.E030"]
    assert "stray: rls" in found[0].msg
    assert checks.check_database(None, databases=None) == []


FOREIGN_KEY = "FOREIGN KEY (customer_id) REFERENCES testapp_customer (id)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "statement", "undo"),
    [
        (
            "tenancy.E031",
            f"ALTER TABLE testapp_order ADD CONSTRAINT plain {FOREIGN_KEY}",
            "ALTER TABLE testapp_order DROP CONSTRAINT plain",
        ),
        ("tenancy.E032", "CREATE UNIQUE INDEX of_all ON testapp_label (word)", "DROP INDEX of_all"),
        (
            "tenancy.E033",
            "ALTER TABLE testapp_label ALTER tenant_id DROP NOT NULL",
            "ALTER TABLE testapp_label ALTER tenant_id SET NOT NULL",
        ),
    ],
)
def test_e031_to_e033_walls_that_stand_without_row_level_security(owner_sql, monkeypatch, number, statement, undo):
    owner_sql(statement, undo=undo)
    with system_scope(reason="test"):
        [found] = checks.check_database(None, databases=["default"])
        assert (found.id, type(found)) == (number, Error)
        for place in ("tenancy.checks.has_wall_two", "tenancy.db.report.has_wall_two"):
            monkeypatch.setattr(place, lambda connection: False)
        [found] = checks.check_database(None, databases=["default"])
        assert (found.id, type(found)) == (number, Warning)
