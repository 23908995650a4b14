"""Base classes of every page in the admin: guarded dialogs, confirmed bulk actions, searches that use an index."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from console.lists import ConsoleChangeList, ListPaginator, is_indexed
from console.needs import asks
from tenancy import TenantRefused

BROWSE = "operations.browse_history"
FORM_ACTIONS = 2  # buttons in the head of a form; more become one menu
SEARCH_LIMIT = 200  # rows that a search finds at most; whoever needs more types more letters
F = TypeVar("F", bound=Callable[..., Any])


def column(**options: Any) -> Callable[[F], F]:
    """A computed column of a list or a form: unfold's `display`, typed."""
    decorate: Callable[[F], F] = display(**options)
    return decorate


class ReasonForm(BaseDialogForm):
    """What every dialog asks at least: why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Stands in the history and in the audit trail. Name the ticket, no personal data."),
    )


def dialog_action(
    *,
    permission: str,
    title: Any,
    consequence: Any,
    submit: Any = None,
    form: type[BaseDialogForm] = ReasonForm,
    icon: str | None = None,
    danger: bool = False,
    possible: Callable[[Any], bool] | None = None,
    counts: Callable[[Any], str] | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """One verb as one dialog: a GET shows it, only a POST acts, both need `has_<permission>_permission`.

    `possible` asks the object whether the verb makes sense now; where not, no button shows (the verb refuses anyway).
    `counts` says how much the verb touches, in words that the dialog shows below the consequence.

    The method gets ``(request, form, obj)``, with `obj` fetched through `get_queryset`, calls a verb and returns the
    words for the person, or an answer that leads them elsewhere. TenantRefused and ValidationError are shown in the
    dialog.
    """

    words_of: Any = {"title": title, "description": consequence, "form_submit_text": submit or title}
    words_of["variant"] = "danger" if danger else "primary"

    def decorate(method: Callable[..., Any]) -> Any:
        @functools.wraps(method)
        def act(self: Any, request: HttpRequest, dialog: Any, object_id: str, **kwargs: Any) -> HttpResponse:
            obj = self.get_object(request, object_id)
            if obj is None:
                raise Http404
            try:
                with transaction.atomic():
                    words = method(self, request, dialog, obj)
            except (TenantRefused, ValidationError) as error:
                # Under the field that every dialog has: unfold's dialog shows no errors of the form as a whole.
                dialog.add_error("reason", error.messages if isinstance(error, ValidationError) else str(error))
                context = {"dialog": words_of, "form": dialog, "form_submit_text": submit or title}
                return render(request, "unfold/helpers/dialog.html", context)
            if isinstance(words, HttpResponse):  # the verb leads on to another page by itself
                return words
            messages.success(request, words)
            return HttpResponse(headers={"HX-Redirect": page_behind(request) or page_of(self, obj)})

        act.possible = possible  # type: ignore[attr-defined]  # unfold's decorator carries it on
        shown = action(
            act,
            permissions=[permission],
            description=title,
            icon=icon,
            variant=ActionVariant.DANGER if danger else ActionVariant.DEFAULT,
            dialog={**words_of, "form_class": form},
        )

        @functools.wraps(shown)
        def dialog_of_one(self: Any, request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
            request.dialog_about = functools.partial(about, self, request, object_id, counts)  # type: ignore[attr-defined]
            answer: HttpResponse = shown(self, request, object_id=object_id, **kwargs)
            return answer

        dialog_of_one.consequence, dialog_of_one.counts = consequence, counts  # type: ignore[attr-defined]
        return dialog_of_one

    return decorate


def about(admin: Any, request: HttpRequest, object_id: str, counts: Callable[[Any], str] | None) -> dict[str, Any]:
    """What a dialog says of its object: what it is called, and how much is touched. Asked by the dialog's template.

    Raises Http404 for an object that is not there.
    """
    from console.operations.naming import called

    obj = admin.get_object(request, object_id)
    if obj is None:
        raise Http404
    return {"name": called(request, obj), "count": counts(obj) if counts else ""}


def page_of(admin: Any, obj: Any) -> str:
    """Where an object is looked at: its 360° page where it has one, else its form."""
    opts = admin.model._meta
    return reverse(f"admin:{admin.page_name or f'{opts.app_label}_{opts.model_name}_change'}", args=[obj.pk])


def page_behind(request: HttpRequest) -> str:
    """The page of the admin on which a dialog was opened, as htmx says; empty where it says nothing of the kind."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    if parts.netloc != request.get_host() or not parts.path.startswith(reverse("admin:index")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


class ConsoleModelAdmin(ModelAdmin):
    """What all pages share: no full counts, no deletion, a search that only compares whole values or uses tokens."""

    exact_search: ClassVar[tuple[str, ...]] = ()  # columns compared whole, in lower case
    word_search: ClassVar[str] = ""  # kind of `SearchToken` that this model's words are kept under
    never_deleted: ClassVar[Any] = _("Nothing is deleted here; the history keeps what was.")
    empty_words: ClassVar[Any]  # what an empty list says: why it is empty, or what to do; each page has its own
    page_name: ClassVar[str] = ""  # route of the 360° page that a list leads to; the form comes second
    show_full_result_count = False
    list_per_page = 50
    paginator = ListPaginator
    list_filter_submit = True
    warn_unsaved_form = True
    search_fields = ("pk",)  # shows the box; `get_search_results` decides

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied(str(self.never_deleted))

    @asks("view")
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history of an object is one page for all kinds: see `console.operations.object_history`."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not hasattr(self.opts, "simple_history_manager_attribute"):
            raise Http404
        return HttpResponseRedirect(reverse("admin:audit_object", args=[self.opts.label_lower, obj.pk]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        keys = {key} if (key := self.key_of(term)) is not None else set()
        for column in self.exact_search:  # one look-up each: conditions joined by OR would read the whole table
            found = self.get_queryset(request).filter(**{column: term}).order_by()
            keys.update(found.values_list("pk", flat=True)[:SEARCH_LIMIT])
        if self.word_search:
            from console.operations.search import matching

            keys.update(matching(self.word_search, term, SEARCH_LIMIT))
        return queryset.filter(pk__in=keys), False

    def get_sortable_by(self, request: HttpRequest) -> list[str]:
        """The columns that an index gives the order of."""
        names = [name for name in self.get_list_display(request) if isinstance(name, str)]
        columns = {name: getattr(getattr(self, name, None), "admin_order_field", None) or name for name in names}
        return [name for name, column in columns.items() if is_indexed(self.model, column)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return ConsoleChangeList

    def key_of(self, term: str) -> Any:
        """What was typed, as a key of this model; None where it is none."""
        try:
            return self.model._meta.pk.to_python(term)
        except (ValidationError, ValueError):
            return None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Fetched once per GET: its buttons, their permissions and the form all ask for it."""
        if request.method != "GET" or from_field is not None:
            return super().get_object(request, object_id, from_field)
        kept = request.__dict__.setdefault("_objects", {})
        key = (self.model, str(object_id))
        if key not in kept:
            kept[key] = super().get_object(request, object_id)
        return kept[key]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """The buttons of one object: those that the person may press and that its state allows."""
        allowed = super().get_actions_detail(request, object_id)
        if not any(getattr(entry.method, "possible", None) for entry in allowed):
            return allowed
        obj = self.get_object(request, str(object_id))
        if obj is None:
            return []
        return [
            entry for entry in allowed if getattr(entry.method, "possible", None) is None or entry.method.possible(obj)
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        actions = context.get("actions_detail") or []
        if len(actions) > FORM_ACTIONS:  # more would push the head of the form out of the window
            items = [item for entry in actions for item in entry.get("items") or [entry]]
            bundle = {"title": _("Actions"), "icon": "bolt", "variant": ActionVariant.DEFAULT, "items": items}
            context["actions_detail"] = [bundle]
        is_kept = hasattr(self.opts, "simple_history_manager_attribute")
        context["show_history"] = is_kept and request.user.has_perm(BROWSE)  # no link to what does not open
        context["show_save_and_add_another"] = context.get("add", False)
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TenantRefused as refusal:  # the transaction of the form is rolled back by now
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(ConsoleModelAdmin):
    """Pages that show and never change, such as those of third-party tables."""

    actions = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
