"""Every route by which rows leak, as the requirements list them, and the attempt or test that walks it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .attempts import ATTEMPTS

TESTS = Path(__file__).resolve().parents[1]

# Route -> names of attempts (tests/tenancy/attempts) and of tests, without `test_`.
ORM = {
    "forward key of a corrupt row": "read_forward_key_of_a_corrupt_row",
    "select_related, prefetch": "read_select_related read_prefetch",
    "joins, lookup oracles": "read_lookup_oracle read_correlated_exists read_subquery",
    "aggregates over joins, from Tenant": "read_aggregate_over_a_join read_aggregate_from_tenant",
    "union, | with a queryset built elsewhere": "read_union read_or_with_foreign_queryset",
    "lazy or pickled queryset of B": "read_lazy_queryset_built_in_b read_unpickled_query read_iterator_made_in_b",
    "refresh_from_db, deferred fields": "read_refresh_from_db read_deferred_column",
    "save and delete of B's instance": "write_save_foreign_instance write_delete_foreign_instance",
    "forged instance with B's key": "write_save_forged_instance write_delete_forged_instance "
    "write_create_with_taken_key write_bulk_create_with_taken_key a_write_to_a_foreign_row_is_the_404_of_an_absent_one",
    "cascade": "write_collector the_same_acts_on_own_rows_succeed",
    "reverse add": "write_reverse_add",
    "update(fk=)": "write_update_key write_update_key_by_instance",
    "bulk": "write_bulk_create_for_other_tenant write_bulk_update write_bulk_create_conflict",
    "get_or_create, update_or_create, in_bulk": "write_get_or_create_by_key write_update_or_create read_in_bulk",
    "many to many": "write_many_to_many_add_by_id write_many_to_many_set_by_id write_through_row read_through_model",
    "generic keys, content types": "read_content_type read_content_types_rows w016_a_generic_key",
    "LogEntry.get_edited_object": "read_edited_object_of_a_log_entry",
    "raw, cursors": "read_raw_queryset read_cursor read_extra_select write_cursor_update raw_sql_in_a_tenants_scope",
    "multi-table inheritance": "e014_half_of_a_row_in_another_table",
    "iterator across a switch": "a_named_cursor_stays_with_the_tenant_it_was_opened_in",
    "signals": "read_in_a_signals_receiver callbacks_run_in_the_scope_that_registered_them",
    "fixtures": "write_fixture another_tenants_rows_are_refused_whole",
    "dumpdata": "without_a_scope_it_teaches a_tenant_gets_its_own_rows",
}
FORMS_AND_ADMIN = {
    "form class of another scope or of import": "read_form_built_in_b e007_rows_of_one_tenant_in_a_form_for_all",
    "select widgets": "read_form_choices no_page_tells_the_other_tenant_from_nobody",
    "filtersets": "e008_the_same_in_a_filterset",
    "formset key tampering": "write_formset_with_foreign_key",
    "autocomplete, raw_id, list filters, facets, URL lookups": "lists_searches_and_options_show_no_record "
    "w011_rows_of_every_tenant_as_options",
    "actions, history, recent actions": "no_page_shows_a_record_of_a_tenant_that_is_not_open "
    "only_the_directory_is_open_to_staff",
    "template rendered after the view returned": "a_response_that_is_rendered_after_its_view_keeps_the_scope",
    "import looking up by name": "another_tenant_s_ids_and_members_do_not_matter",
    "exports": "it_holds_the_own_rows_and_files_and_no_other_tenants an_export_is_recorded_and_neutralises_formulas",
    "stale tab": "a_stale_tab_saves_nothing_and_keeps_the_text "
    "where_only_the_session_says_the_tenant_a_form_must_say_it_too",
}
WEB = {
    "cached fragments": "the_key_function_keeps_template_fragments_apart cache_entries_do_not_cross",
    "cached_property": "two_tenants_of_one_process_keep_their_settings",
    "ETags": "two_tenants_do_not_share_an_etag",
    "file paths": "files_are_stored_under_the_tenant_and_opened_in_it_alone "
    "a_stored_name_of_another_tenant_opens_nothing",
    "signed URLs": "signed_values_hold_in_their_tenant_only "
    "a_signed_address_opens_for_one_person_in_one_tenant_for_a_minute",
    "mail links to the wrong host": "reset_link_does_not_follow_the_host_header",
    "error pages and logs": "each_says_what_to_do_without_any_context "
    "people_are_taken_out_of_messages_and_tracebacks djangos_own_lines_lose_the_address",
    "session after removal": "a_removed_member_is_out_on_the_next_request "
    "a_session_that_names_a_lost_tenant_is_forgotten",
    "session after a downgrade": "a_lowered_role_holds_on_the_next_request",
    "invitations: reuse": "accepting_makes_the_membership_once",
    "invitations: other e-mail": "only_the_invited_address_may_accept",
    "invitations: escalation": "nobody_gives_more_than_they_hold",
    "invitations: expired": "a_settled_invitation_opens_nothing",
    "invitations: inviter gone": "a_demoted_or_removed_inviter_takes_the_invitation_along",
    "invitations: another tenant's": "another_tenants_invitation_is_out_of_reach",
    "member search listing strangers": "strangers_are_not_found_by_their_address",
    "import renaming a shared person": "a_known_account_is_not_touched",
    "signed forms, session's tenant": "foreign_and_absent_tenant_answer_alike the_url_beats_the_session",
}
CONCURRENCY = {
    "threads, executors": "threads_started_by_hand_have_no_scope_and_their_own_when_opened",
    "gather, sync_to_async, async iteration": "two_tenants_in_one_event_loop two_tenants_at_once_over_asgi",
    "streaming bodies": "a_streamed_body_keeps_its_scope a_streamed_body_of_an_async_view_keeps_its_scope",
    "worker keeping the last tenant": "a_job_without_a_tenant_runs_in_no_scope "
    "the_worker_runs_a_job_in_its_tenant_and_shows_progress_meanwhile",
    "retries": "an_order_that_runs_again_has_the_same_scope a_failing_job_is_tried_again_and_its_message_is_not_kept",
    "periodic jobs": "periodic_jobs_carry_their_schedule",
    "a job for another tenant": "in_tenant_scope_another_tenants_job_is_refused",
}
DATABASE = {
    "management command without a tenant": "without_a_scope_it_teaches rows_of_tenants_want_a_scope",
    "data migrations": "a_data_migration_sees_every_row",
    "pooler in transaction mode": "threads_share_two_servers_and_nothing_else",
    "stray permissive policy": "a_stray_policy_shows_no_row_while_the_floor_stands_and_all_without",
    "new table without policy": "migrate_fails_on_a_table_that_nobody_declared",
    "partition, view, definer function": "each_hole_turns_the_report_red definer_functions_are_out_of_a_tenants_reach",
    "another session's query text": "other_sessions_statements_are_not_shown",
    "audit events, job runs": "audit_events_and_job_runs_are_read_in_their_tenant_alone",
}
ROUTES = {**ORM, **FORMS_AND_ADMIN, **WEB, **CONCURRENCY, **DATABASE}


def written():
    """The names of all tests, without `test_`, and of all attempts."""
    tests = {
        node.name.removeprefix("test_")
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    return tests | set(ATTEMPTS)


@pytest.fixture(scope="module")
def names():
    return written()


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_is_walked(route, names):
    missing = set(ROUTES[route].split()) - names
    assert not missing, f"nothing walks “{route}”: {sorted(missing)}"
