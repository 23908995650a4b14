"""The legacy project as it was, with 50,000 rows, copied for each test."""

import itertools

import pytest

from tests.legacy_project import LegacyProject, create_database, database_prefix, drop_database

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def legacy_template(django_db_setup, tmp_path_factory):
    """A database full of rows, made once and copied."""
    name = f"{database_prefix()}_template"
    project = LegacyProject.copy(tmp_path_factory.mktemp("legacy") / "project", name)
    create_database(name)
    project.manage("migrate", "-v0")
    project.manage("make_rows")
    yield name
    drop_database(name)


@pytest.fixture
def legacy(legacy_template, tmp_path):
    """The project before anybody thought of tenants."""
    name = f"{database_prefix()}_{next(_numbers)}"
    create_database(name, legacy_template)
    yield LegacyProject.copy(tmp_path / "project", name)
    drop_database(name)


@pytest.fixture(scope="session")
def planned_template(legacy_template, tmp_path_factory):
    """The same with the package installed, the models edited and the columns added; no old row has a tenant yet."""
    name = f"{database_prefix()}_planned"
    create_database(name, legacy_template)
    project = LegacyProject.copy(tmp_path_factory.mktemp("planned") / "project", name)
    project.edit("install")
    project.manage("migrate", "tenancy", "-v0")
    project.manage("tenancy_plan", "--root", "crm.Company")
    project.edit("models")
    project.manage("tenancy_migrations")
    project.manage("migrate", "crm", "0003_add_tenant", "-v0")
    yield project
    drop_database(name)


@pytest.fixture
def planned(planned_template, tmp_path):
    """A copy of it for one test."""
    import shutil

    name = f"{database_prefix()}_{next(_numbers)}"
    create_database(name, planned_template.database)
    project = LegacyProject.copy(tmp_path / "project", name)
    shutil.copytree(planned_template.folder, project.folder, dirs_exist_ok=True)
    yield project
    drop_database(name)
