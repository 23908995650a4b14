"""The pages of settings as class views: an overview with search, and a group's form.

A project mounts them twice, for its operators and for the tenants' own administrators; `Pages` says who acts on what.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from ..exceptions import TenantRefused
from .documents import ABSENT, digest
from .errors import SettingConflict, ValueRefused
from .form.group_form import GroupForm, matches
from .form.scalars import SecretNode
from .form.show import show
from .formats import time_zones
from .registry import Group, registry
from .targets import Target
from .theme import PLAIN, Theme


class Pages(View):
    """Base of the pages. A project overrides `target`, `editor` and the addresses, and guards the dispatch."""

    base_template: ClassVar[str] = "tenancy/settings/base.html"
    theme: ClassVar[Theme] = PLAIN
    heading: ClassVar[str] = "h1"
    reason_required: ClassVar[bool] = False

    def target(self) -> Target:
        """Whose settings. Raises Http404 for what the person may not even know of."""
        raise Http404

    def editor(self) -> str:
        """The right that the person acts with: ``admin``, ``owner`` or ``staff``."""
        return "admin"

    def page_title(self) -> str:
        """The title of all pages."""
        return _("Settings")

    def index_url(self) -> str:
        """The overview's address."""
        raise Http404

    def group_url(self, key: str) -> str:
        """A group's address."""
        raise Http404

    def extra_links(self) -> list[tuple[str, str]]:
        """(title, address) of further pages in the menu."""
        return []

    def extra_context(self) -> dict[str, Any]:
        """What the base template needs."""
        return {}

    def who(self, actor_id: str) -> str:
        """How the person behind a key is called on the history page."""
        return actor_id or _("the command line")

    def groups(self) -> list[Group]:
        """The groups with anything in them; those with a refused declaration are left out."""
        return [group for group in registry if not group.problems]

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Render a page."""
        current = self.kwargs.get("group")
        links = [
            {
                "title": group.title,
                "help": group.help,
                "url": self.group_url(group.key),
                "current": group.key == current,
            }
            for group in self.groups()
        ]
        base: dict[str, Any] = {
            "base_template": self.base_template,
            "look": self.theme,
            "heading": self.heading,
            "title": self.page_title(),
            "links": links,
            "urls": {"index": self.index_url(), "extra": self.extra_links()},
            "optional_word": _("(optional)"),
            "show_actors": self.editor() == "staff",
        }
        page = base | self.extra_context() | context
        return render(self.request, f"tenancy/settings/{template}.html", page, status=status)

    def actor(self) -> Any:
        """Who acts."""
        return self.request.user


class IndexPage(Pages):
    """The overview of groups, and the search."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Every group, or every setting that matches ``q``."""
        search = request.GET.get("q", "").strip()[:100]
        found = [
            {"setting": setting, "url": f"{self.group_url(group.key)}#f-s-{setting.key}-title"}
            for group in self.groups()
            for setting in group.settings.values()
            if search and matches(setting, search)
        ]
        strange = self.target().unknown_groups()
        return self.show("index", search=search, found=found, unknown=() if search else strange)


class GroupPage(Pages):
    """One group's form: edit, review the difference, settle conflicts, save."""

    group: Group

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        key = kwargs.get("group", "")
        if key not in registry or registry.group(key).problems:
            raise Http404
        self.group = registry.group(key)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form as things stand."""
        return self._form(GroupForm(self.group, self.target().states(self.group), self.editor()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says; nothing is written but by ``confirm``."""
        target = self.target()
        form = GroupForm(self.group, target.states(self.group), self.editor(), request.POST)
        if not any(field.editable for field in form.rows):
            return self._form(form, status=403, notice=_("You may not change anything here."))
        order = request.POST.get("_do", "review")
        self._seal(form, target)
        if order == "edit":
            return self._form(form)
        if order not in ("review", "confirm"):
            form.act(order)
            return self._form(form)
        if not form.is_valid():
            return self._form(form, status=422)
        if not form.changes:
            return self._form(GroupForm(self.group, form.states, self.editor()), notice=_("Nothing was changed."))
        return self._save(form, target, is_final=order == "confirm")

    def _seal(self, form: GroupForm, target: Target) -> None:
        # A secret is judged while it is text, and travels to the next step only encrypted.
        for field in form.rows:
            node = field.node
            if not isinstance(node, SecretNode) or not field.is_posted:
                continue
            if node.sealed and not target.opens(node.sealed, field.setting.name):
                node.sealed = ""
            if node.text and not field.setting.problems(node.text):
                node.sealed, node.text = target.seal(node.text, field.setting.name), ""

    def _save(self, form: GroupForm, target: Target, *, is_final: bool) -> HttpResponse:
        reason = self.request.POST.get("reason", "").strip()[:500]
        is_missing = is_final and self.reason_required and not reason
        options = {"by": self.actor(), "reason": reason, "editor": self.editor(), "source": "form"}
        try:
            target.change(form.changes, expect=form.expect, dry_run=not is_final or is_missing, **options)
        except SettingConflict as clash:
            return self._review(form, reason, clash=clash)
        except ValueRefused as refused:
            form.place(refused.problems)
            return self._form(form, status=422)
        except TenantRefused as refused:
            form.errors.append(str(refused))
            return self._form(form, status=422)
        if is_final and not is_missing:
            return HttpResponseRedirect(f"{self.group_url(self.group.key)}?saved=1")
        return self._review(form, reason, error=_("Say why: the reason stands in the history.") if is_missing else "")

    def _review(
        self, form: GroupForm, reason: str, *, clash: SettingConflict | None = None, error: str = ""
    ) -> HttpResponse:
        conflicts = []
        for field in form.rows:
            if clash is not None and field.setting.name in clash.names:
                field.choice = ""  # the values moved once more: choose again
                own, mine = field.state.own, field.change
                conflicts.append(
                    {
                        "field": field,
                        "current": digest(own),
                        "theirs": field.own_text if own is not ABSENT else field.inherited_text,
                        "mine": show(field.state.inherited if mine is ABSENT else mine, field.setting.schema),
                    }
                )
        clashing = set(clash.names) if clash else set()
        difference = [pair for pair in form.difference() if pair[0].setting.name not in clashing]
        return self.show(
            "review",
            status=409 if clash else 422 if error else 200,
            form=form,
            conflicts=conflicts,
            conflict_by=self._last_editor() if clash else "",
            difference=difference,
            reason=reason,
            reason_error=error,
            reason_required=self.reason_required,
        )

    def _last_editor(self) -> str:
        last = self.target().history().first()
        if last is None:
            return ""
        return _("Last change: %(who)s, %(at)s.") % {
            "who": self.who(last.actor_id),
            "at": f"{last.created_at:%Y-%m-%d %H:%M} UTC",
        }

    def _form(self, form: GroupForm, *, status: int = 200, notice: str = "") -> HttpResponse:
        if not notice and "saved" in self.request.GET and self.request.method == "GET":
            notice = _("The settings were saved.")
        zones = any(_has_format(field.setting.schema, "time-zone") for field in form.rows if field.editable)
        return self.show(
            "group",
            status=status,
            form=form,
            notice=notice,
            unknown=self.target().unknown(self.group),
            can_edit=any(field.editable for field in form.rows),
            needs_time_zones=zones,
            time_zones=sorted(time_zones()) if zones else (),
        )


def _has_format(schema: Any, name: str) -> bool:
    if schema.get("format") == name:
        return True
    parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return any(_has_format(part, name) for part in parts)
