"""The forms of an import: the upload, and how the file is read and merged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from tenancy import Role
from tenancy.models import Tenant, TenantState

from .choices import Choices, Missing
from .files import Target
from .files.limits import MAX_FILE_BYTES
from .models import MemberImport
from .targets import TARGETS

DELIMITERS = [("", _("Found in the file")), (",", ","), (";", ";"), ("\t", _("Tab")), ("|", "|")]
ENCODINGS = [("", _("Found in the file"))] + [
    (name, name.upper())
    for name in ("utf-8", "utf-16", "cp1252", "iso8859-15", "cp1250", "cp1251", "mac_roman", "cp850")
]


class UploadForm(forms.Form):
    """Which tenant, which file."""

    tenant = forms.ModelChoiceField(queryset=Tenant.objects.none(), label=_("Tenant"))
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("CSV of any delimiter and encoding, or XLSX. Nothing is written before you confirm."),
    )

    def __init__(self, *args: Any, tenant_widget: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tenant"]
        field.queryset = Tenant.objects.exclude(state=TenantState.ARCHIVED)
        field.widget = tenant_widget
        field.widget.choices = field.choices

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is too large; split it into several."))
        return upload


class MappingForm(forms.Form):
    """One choice per column of the file; names of the form's fields are numbers, since headers may be anything."""

    def __init__(self, item: MemberImport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target: Target = TARGETS[item.target].file
        options = [("", _("— not imported —"))] + [(field.name, field.label) for field in target.fields]
        self.columns = item.detected.get("columns", [])
        for index, column in enumerate(self.columns):
            self.fields[f"column{index}"] = forms.ChoiceField(
                choices=options,
                required=False,
                initial=column["field"],
                label=column["name"],
                widget=UnfoldAdminSelectWidget,
            )

    def mapping(self) -> dict[str, str]:
        """Column → field (``ignore`` for those left out), for `Overrides.mapping`."""
        return {
            column["name"]: self.cleaned_data[f"column{index}"] or "ignore" for index, column in enumerate(self.columns)
        }


class ReadingForm(forms.Form):
    """How the file is read, where detection was wrong."""

    encoding = forms.ChoiceField(choices=ENCODINGS, required=False, label=_("Encoding"), widget=UnfoldAdminSelectWidget)
    delimiter = forms.ChoiceField(
        choices=DELIMITERS, required=False, label=_("Delimiter"), widget=UnfoldAdminSelectWidget
    )
    sheet = forms.CharField(
        required=False, max_length=100, label=_("Sheet of a workbook"), widget=UnfoldAdminTextInputWidget
    )

    def overrides(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class ChoicesForm(forms.Form):
    """What happens to the rows."""

    strict = forms.BooleanField(
        required=False,
        label=_("All or none"),
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("A single refused row keeps the whole file out."),
    )
    missing = forms.ChoiceField(
        label=_("Members who are not in the file"),
        widget=UnfoldAdminSelectWidget,
        choices=[
            (Missing.NOTHING, _("stay as they are")),
            (Missing.REPORT, _("are listed")),
            (Missing.DEACTIVATE, _("are deactivated")),
        ],
    )
    default_role = forms.ChoiceField(
        label=_("Role of new people without one"), choices=Role.choices, widget=UnfoldAdminSelectWidget
    )
    invite = forms.BooleanField(
        required=False,
        label=_("Invite new people"),
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Everybody who is new gets a mail; without it nobody can sign in yet."),
    )
    update = forms.MultipleChoiceField(
        required=False,
        label=_("What may change in members who are there already"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    words = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Further translations"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("One per line, such as “Kaiser = owner” or “pausiert = inactive”."),
    )

    def __init__(self, item: MemberImport, *args: Any, **kwargs: Any) -> None:
        choices = Choices.load(item.choices)
        target = TARGETS[item.target]
        names = [column.field for column in target.columns]
        initial = {
            "strict": choices.strict,
            "missing": choices.missing,
            "default_role": choices.default_role,
            "invite": choices.invite,
            "update": names if choices.update is None else list(choices.update),
            "words": "\n".join(_line(field, *pair) for field, words in choices.words.items() for pair in words.items()),
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.names = names
        field: Any = self.fields["update"]
        field.choices = [(name, target.file.by_name[name].label) for name in names]

    def clean_words(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for line in self.cleaned_data["words"].splitlines():
            if not line.strip():
                continue
            text, sign, meaning = line.rpartition("=")
            meaning = meaning.strip().lower()
            field, value = ("is_active", {"active": "true", "inactive": "false"}.get(meaning, ""))
            if meaning in Role.values:
                field, value = "role", meaning
            if not sign or not text.strip() or not value:
                raise forms.ValidationError(
                    _("“%(line)s” is no translation: write word = owner, admin, member, viewer, active or inactive."),
                    params={"line": line.strip()[:100]},
                )
            found.setdefault(field, {})[text.strip()] = value
        return found

    def choices(self) -> Choices:
        data = self.cleaned_data
        update = tuple(data["update"])
        return Choices(
            strict=data["strict"],
            missing=Missing(data["missing"]),
            invite=data["invite"],
            default_role=Role(data["default_role"]),
            update=None if set(update) == set(self.names) else update,
            words=data["words"],
        )


def _line(field: str, text: str, value: str) -> str:
    return f"{text} = {({'true': 'active', 'false': 'inactive'}).get(value, value)}"
