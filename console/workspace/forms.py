"""Forms of the workspace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .attributes import Attributes, format_attributes, parse_attributes
from .keys import search_key
from .models import Contact, Note, Tag


class AttributesField(forms.CharField):
    """Custom attributes, one ``name: value`` per line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return format_attributes(value) if isinstance(value, dict) else value

    def clean(self, value: Any) -> Attributes:
        return parse_attributes(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ContactForm(forms.ModelForm):
    """Create or change a contact. Says which address or name is missing, and who has the address already."""

    attributes = AttributesField(
        label=_("Custom attributes"), required=False, help_text=_("One per line, as in “Customer number: 4711”.")
    )

    class Meta:
        model = Contact
        fields = [
            "first_name",
            "last_name",
            "email",
            "phone",
            "company",
            "street",
            "postal_code",
            "city",
            "country",
            "birth_date",
            "external_id",
            "attributes",
        ]
        widgets = {
            "birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            "external_id": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not any(data.get(name) for name in ("first_name", "last_name", "company", "email")) and not self.errors:
            raise forms.ValidationError(_("Give a name, a company or an e-mail address."), code="nameless")
        return data

    def validate_unique(self) -> None:
        # The tenant is no field of the form, and Django leaves out what a form does not show.
        for name in ("email", "external_id"):
            value = self.cleaned_data.get(name)
            if value and Contact.objects.filter(**{name: value}).exclude(pk=self.instance.pk).exists():
                self.refuse_taken(name)

    def refuse_taken(self, name: str) -> None:
        """Say that another contact has what was typed into the field `name`."""
        said = {
            "email": _("Another contact has this e-mail address."),
            "external_id": _("Another contact has this id."),
        }
        self.add_error(name, forms.ValidationError(said[name], code="unique"))


class NoteForm(forms.ModelForm):
    """Write or change a note."""

    class Meta:
        model = Note
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}


class TagNameForm(forms.Form):
    """The name of a tag, new or known."""

    name = forms.CharField(label=_("Tag"), max_length=50, widget=forms.TextInput(attrs={"list": "tag-names"}))

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not search_key(name):
            raise forms.ValidationError(_("A tag needs a letter or a digit."), code="blank")
        return name


class TagForm(forms.ModelForm):
    """Rename a tag."""

    class Meta:
        model = Tag
        fields = ["name"]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Tag.objects.filter(name_key=search_key(name)).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another tag has this name."), code="unique")
        return name
