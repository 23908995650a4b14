"""Shapes of models that lead a planner astray: each is classified, ordered and migrated, or said to be in the way."""

import json

import pytest

pytestmark = pytest.mark.drill  # processes and databases of its own

MODELS = """
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

BASE = models.Model


class Category(BASE):  # a key to itself
    parent = models.ForeignKey("self", models.CASCADE, null=True)
    company = models.ForeignKey("crm.Company", models.CASCADE)


class Team(BASE):  # a circle, of which one member has a way out
    lead = models.ForeignKey("odd.Person", models.SET_NULL, null=True, related_name="leads")
    company = models.ForeignKey("crm.Company", models.CASCADE)


class Person(BASE):
    team = models.ForeignKey(Team, models.CASCADE)


class Left(BASE):  # a circle without a way out
    other = models.ForeignKey("odd.Right", models.CASCADE, null=True)


class Right(BASE):
    other = models.ForeignKey(Left, models.CASCADE, null=True)


class Remark(BASE):  # a generic key
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    about = GenericForeignKey()


class Vote(BASE):  # whose only way leads over a generic key, which may point back at it
    remark = models.ForeignKey(Remark, models.CASCADE)


class Signed(BASE):  # the same, with a way through people beside
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    about = GenericForeignKey()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)


class Reply(BASE):
    signed = models.ForeignKey(Signed, models.CASCADE)


class Asset(BASE):
    company = models.ForeignKey("crm.Company", models.CASCADE)


class Machine(Asset):  # multi-table inheritance
    power = models.IntegerField(default=0)


class Loud(models.Manager):
    pass


class OldAsset(Asset):  # a proxy with a manager of its own
    loud = Loud()

    class Meta:
        proxy = True


class Repair(BASE):  # a key to the proxy
    asset = models.ForeignKey(OldAsset, models.CASCADE)


class Report(models.Model):  # unmanaged
    company = models.ForeignKey("crm.Company", models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "odd_report_view"


class Ticket(BASE):  # two ways, one of which may be empty
    project = models.ForeignKey("crm.Project", models.CASCADE, null=True)
    company = models.ForeignKey("crm.Company", models.CASCADE)


class Wish(BASE):  # the only way may be empty
    project = models.ForeignKey("crm.Project", models.SET_NULL, null=True)


class Pair(models.Model):  # a composite key
    pk = models.CompositePrimaryKey("one", "company")
    one = models.IntegerField()
    company = models.ForeignKey("crm.Company", models.CASCADE)
"""
ROWS = """
import django
django.setup()
from odd.models import Asset, Category, Remark, Repair, Reply, Person, Signed, Team, Ticket, Vote, Wish
from crm.models import Company, Project
from people.models import User
project, company = Project.objects.order_by("id").first(), Company.objects.order_by("id").last()
top = Category.objects.create(company=company)
Category.objects.create(company=company, parent=top)
team = Team.objects.create(company=company)
team.lead = Person.objects.create(team=team)
team.save()
Vote.objects.create(remark=Remark.objects.create(about=top))
signed = Signed.objects.create(about=project, author=User.objects.filter(company=company).first())
Reply.objects.create(signed=signed)
asset = Asset.objects.create(company=company)
Repair.objects.create(asset_id=asset.pk)
Ticket.objects.create(project=project, company=company)
Ticket.objects.create(project=None, company=company)
Wish.objects.create(project=None)
Wish.objects.create(project=project)
"""


def with_odd(legacy, text):
    """The legacy project with an app of odd models and rows, before anybody thought of tenants."""
    folder = legacy.folder / "odd"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "models.py").write_text(text)
    settings = legacy.folder / "legacysite/settings.py"
    settings.write_text(settings.read_text().replace('    "crm",\n', '    "crm",\n    "odd",\n'))
    legacy.manage("makemigrations", "odd", "-v0")
    legacy.manage("migrate", "-v0")
    legacy.run_python(ROWS)
    legacy.edit("install")
    legacy.manage("migrate", "tenancy", "-v0")
    return legacy


def without(text, *names):
    """The models but for some."""
    for name in names:
        start = text.index(f"class {name}(")
        end = text.find("\nclass ", start)
        text = text[:start] + (text[end + 1 :] if end > 0 else "")
    return text


def test_every_odd_shape_is_planned(legacy):
    odd = with_odd(legacy, MODELS)
    shown = json.loads(odd.manage("tenancy_plan", "--root", "crm.Company", "--json"))
    entries = {entry["label"].removeprefix("odd."): entry for entry in shown["entries"] if "odd." in entry["label"]}
    assert {name: (entry["kind"], entry["path"]) for name, entry in entries.items()} == {
        "Category": ("tenant", "company"),
        "Team": ("tenant", "company"),
        "Person": ("tenant", "team"),
        "Left": ("unclear", ""),
        "Right": ("unclear", ""),
        "Remark": ("tenant", "content_type/object_id"),
        "Vote": ("tenant", "remark"),
        "Signed": ("tenant", "content_type/object_id"),
        "Reply": ("tenant", "signed"),
        "Asset": ("tenant", "company"),
        "Machine": ("tenant", "asset_ptr"),
        "Repair": ("tenant", "asset"),
        "Report": ("unclear", ""),
        "Ticket": ("tenant", "company"),
        "Wish": ("tenant", "project"),
        "Pair": ("tenant", "company"),
    }
    assert entries["Ticket"]["candidates"] == ["company", "project"]
    assert entries["Ticket"]["disagree"] == {"project__company": 1}
    assert (entries["Wish"]["rows"], entries["Wish"]["missing"]) == (2, 1)
    order = [entry["label"].removeprefix("odd.") for entry in shown["entries"] if entry["kind"] == "tenant"]
    for first, then in (("Team", "Person"), ("Asset", "Machine"), ("Remark", "Vote"), ("Signed", "Reply")):
        assert order.index(first) < order.index(then)
    assert order.index("Ticket") < order.index("Remark"), "a generic key waits for what it may point at"
    found = {(one["kind"], one["place"]) for one in shown["obstacles"]}
    assert found >= {
        ("inheritance", "odd.Machine(odd.Asset)"),
        ("key", "odd.Pair"),
        ("unclear", "odd.Report"),
        ("unclear", "odd.Left"),
        ("rows", "odd.Ticket"),
        ("rows", "odd.Wish"),
    }
    assert any(kind == "manager" and "odd/models.py" in place for kind, place in found), "the proxy's own manager"
    assert ("unique", "odd.Machine.asset_ptr") not in found


def test_what_can_be_migrated_is(legacy):
    """Generic keys, what hangs on them, circles and keys to proxies get their tenants; nothing is left behind."""
    odd = with_odd(legacy, without(MODELS, "Machine", "Pair", "Report"))
    odd.manage("tenancy_plan", "--root", "crm.Company", "--no-rows")
    plan = odd.folder / "tenancy_plan.toml"
    plan.write_text(plan.read_text().replace('kind = "unclear"', 'kind = "shared"'))
    odd.manage("tenancy_plan", "--check")
    odd.edit("models")
    models = odd.folder / "odd/models.py"
    text = models.read_text().replace("BASE = models.Model", "from tenancy.managers import TenantManager")
    text = text.replace("(BASE)", "(TenantScoped)").replace("class Loud(models.Manager)", "class Loud(TenantManager)")
    for name in ("Left", "Right"):
        text = text.replace(f"class {name}(TenantScoped)", f"class {name}(models.Model)")
    models.write_text(text.replace("import models\n", "import models\nfrom tenancy.models import TenantScoped\n", 1))
    odd.manage("tenancy_migrations")
    stop(odd, "1 rows of odd.Wish have no tenant")
    odd.manage("backfill_tenant", "odd.Wish", "--tenant", "company-1")
    stop(odd, "10 rows of crm.Comment have no tenant")
    odd.manage("backfill_tenant", "crm.Comment", "--from", "author__company")
    stop(odd, "1 rows of odd.Ticket point along project at another tenant's crm.Project, for example 1.")
    odd.query("UPDATE odd_ticket SET project_id = NULL WHERE id = 1 RETURNING id")
    odd.manage("migrate", "-v0")
    odd.manage("makemigrations", "--check", "--dry-run")
    assert "0 holes" in odd.manage("isolation")
    [(last,)] = odd.query("SELECT tenant_id FROM crm_company ORDER BY id DESC LIMIT 1")
    for table in ("category", "team", "person", "remark", "vote", "asset", "repair"):
        assert {one for (one,) in odd.query(f"SELECT tenant_id FROM odd_{table}")} == {last}, table
    [(first,)] = odd.query("SELECT tenant_id FROM crm_project ORDER BY id LIMIT 1")
    for table in ("signed", "reply"):
        assert odd.query(f"SELECT tenant_id FROM odd_{table}") == [(first,)], "what it is about, not who signed"


def stop(project, words):
    process = project.popen("migrate", "-v0")
    _out, err = process.communicate(timeout=300)
    assert process.returncode == 1, err
    assert words in err
    assert "Traceback" not in err
