"""Say of every third-party table, and of our own, whose rows it holds."""

from django.db import migrations

from tenancy.db.operations import IsolateTable, ProtectPeopleTable, ProtectStaffTable, ShareTable

NULLABLE = {"tenant": "simple-history makes every key nullable; a row without a tenant shows to no tenant."}
JOBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0001_add_jobrun_and_history"),
        ("tenancy", "0002_prepare_walls"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("sessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        IsolateTable(
            "jobrun",
            visibility="directory",
            tenant=("SELECT",),
            exempt={
                "orm": "Written by the queue in system scope; a tenant only reads its own, by the policy.",
                "tenant": "A job of the platform has no tenant, and no tenant sees it.",
            },
        ),
        IsolateTable("historicaltenant", column="id", visibility="directory", append_only=True),
        IsolateTable("historicalusertenantmembership", visibility="directory", append_only=True, exempt=NULLABLE),
        IsolateTable("historicalinvitation", visibility="directory", append_only=True, exempt=NULLABLE),
        ProtectPeopleTable("historicaluser", append_only=True),
        ProtectPeopleTable(table="django_session"),
        ProtectPeopleTable(table="account_emailaddress"),
        ProtectPeopleTable(table="account_emailconfirmation"),
        ProtectPeopleTable(table="mfa_authenticator"),
        ProtectPeopleTable(table="socialaccount_socialaccount"),
        ProtectPeopleTable(table="socialaccount_socialapp"),
        ProtectPeopleTable(table="socialaccount_socialtoken"),
        ProtectPeopleTable(table="usersessions_usersession"),
        ProtectStaffTable(table="django_admin_log"),
        ShareTable(table="auth_group", reason="Names of staff roles."),
        ShareTable(table="auth_group_permissions", reason="What staff roles may do."),
        ShareTable(table="auth_permission", reason="Names of permissions."),
        ShareTable(table="django_content_type", reason="Names of models."),
        ProtectStaffTable(table="procrastinate_events", worker=JOBS),
        ProtectStaffTable(
            table="procrastinate_jobs",
            worker=JOBS,
            grants_only="PostgreSQL hides the key of a unique violation under RLS, and the queue reads its lock there.",
        ),
        ProtectStaffTable(table="procrastinate_periodic_defers", worker=JOBS),
        ProtectStaffTable(table="procrastinate_workers", worker=JOBS),
    ]
