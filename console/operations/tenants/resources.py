"""Columns of the tenants' import and export; rows go in through the verbs."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from import_export import resources

from tenancy import TenantRefused
from tenancy.lifecycle import create_tenant, rename_tenant
from tenancy.models import Tenant


class TenantResource(resources.ModelResource):
    """Matches rows by slug: a new slug makes a tenant, a known one gets its name. States are changed by dialogs."""

    class Meta:
        model = Tenant
        fields = ("slug", "name", "state", "created_at")
        export_order = fields
        import_id_fields = ("slug",)
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True

    def __init__(self, *, actor: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.actor = actor

    def get_import_fields(self) -> Any:
        return [self.fields["slug"], self.fields["name"]]

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        missing = {"slug", "name"} - set(dataset.headers or [])
        if missing:
            raise ValidationError(f"The file needs the column(s) {', '.join(sorted(missing))}.")

    def save_instance(self, instance: Tenant, is_create: bool, row: Any, **kwargs: Any) -> None:
        try:
            if is_create:
                made = create_tenant(name=instance.name, slug=instance.slug, by=self.actor, reason="import of tenants")
                instance.pk = made.pk
            else:
                rename_tenant(instance, name=instance.name, by=self.actor, reason="import of tenants")
        except TenantRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
