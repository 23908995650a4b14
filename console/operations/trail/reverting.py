"""The way back: one field, one object, or a deleted row, through the product's own functions and never past them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from pii.tombstones.meet import is_erased
from tenancy import TenantRefused, audit

from .diff import diff
from .moments import rows_of
from .sources import tracked_models

LOOK_BACK = 200  # later changes that are looked through for conflicts
Apply = Callable[..., None]


def nothing_in_the_way(row: Any, obj: Any) -> str:
    """Every row of the kind can go back."""
    return ""


def nothing_more(name: str, then: Any) -> str:
    """The right of the kind is enough."""
    return ""


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of row goes back: which fields, by what function, and how a deleted one returns, if it can.

    `carries` names the columns that go back together with a field, by its verb. `needs` names the right that one
    field's value asks for beside `permission`. `why_not` says of a row (and of its object, None once it is deleted)
    why it cannot go back, or nothing. `words` say what else happens; `where` leads to the page of the acts that a
    revert is no substitute for, as (address, words).
    """

    permission: str
    fields: tuple[str, ...]
    apply: Apply
    restore: Callable[..., Any] | None = None
    carries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Callable[[str, Any], str] = nothing_more
    why_not: Callable[[Any, Any], str] = nothing_in_the_way
    words: Any = ""
    where: Callable[[Any, Any], tuple[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not what it was, the changes in between, and whether a revert can give it back at all."""

    name: str
    then: Any
    now: Any
    later: list[Any]
    goes_back: bool = True

    @property
    def is_conflict(self) -> bool:
        """Whether going back takes more than one later change away."""
        return len(self.later) > 1


_ways: dict[str, Way] = {}


def way_back(label: str, way: Way) -> None:
    """Register how a kind of row goes back; a kind without a way is reverted by its own dialogs alone."""
    _ways[label] = way


def way_of(label: str) -> Way | None:
    return _ways.get(label)


def differences(row: Any, obj: Any) -> list[Difference]:
    """The fields of `obj` that are not what they were in the history row, with the later changes of each."""
    label = type(row).instance_type._meta.label_lower
    later = [one for one in rows_of(label, str(obj.pk))[:LOOK_BACK] if one.history_id > row.history_id]
    changes: dict[str, list[Any]] = {}
    for newer, older in zip(later, [*later, row][1:], strict=True):
        for name in {line.name for line in diff(older, newer) if line.is_changed}:
            changes.setdefault(name, []).append(newer)
    way, found = _ways[label], []
    for column in row.tracked_fields:
        then, now = (getattr(one, column.attname) for one in (row, obj))
        if then != now and not getattr(column, "auto_now", False):
            goes_back = column.name in way.fields
            found.append(Difference(column.name, then, now, changes.get(column.name, []), goes_back))
    carried = {name for one in found for name in way.carries.get(one.name, ())}
    return sorted((one for one in found if one.name not in carried), key=lambda one: not one.goes_back)


def _column(obj: models.Model, name: str) -> str:
    return str(obj._meta.get_field(name).attname)  # type: ignore[union-attr]  # columns of the row itself


@transaction.atomic
def revert(row: Any, names: list[str], *, seen: int, by: Any, reason: str) -> Any:
    """Give the object of a history row these fields back. `seen` is the newest history row that the person saw.

    Raises TenantRefused: ``no_way``, ``erased``, ``gone``, ``moved`` (changed since it was looked at), ``nothing``,
    ``obstacle`` (`Way.why_not`), ``conflict`` (the database refuses); and what the product's own function refuses.
    """
    model: Any = type(row).instance_type
    label, key = model._meta.label_lower, getattr(row, model._meta.pk.attname)
    way = _open_way(label, key)
    obj = model._default_manager.select_for_update(of=("self",)).filter(pk=key).first()
    if obj is None:
        raise TenantRefused(_("It is not there any more; restore it first."), code="gone")
    if rows_of(label, str(key)).values_list("history_id", flat=True).first() != seen:
        raise TenantRefused(_("Meanwhile it was changed again: look at the differences once more."), code="moved")
    _refuse_obstacle(way, row, obj)
    values = {found.name: found.then for found in differences(row, obj) if found.goes_back and found.name in names}
    if not values:
        raise TenantRefused(_("Choose at least one field that is not what it was."), code="nothing")
    for name in [carried for chosen in values for carried in way.carries.get(chosen, ())]:
        values[name] = getattr(row, _column(obj, name))
    _guarded(lambda: way.apply(obj, values, by=by, reason=reason))
    details = {"to": row.history_id, "fields": sorted(values)}
    tenant = getattr(obj, "tenant_id", key if label == "tenancy.tenant" else None)
    audit.record("history.reverted", by=by, tenant=tenant, target=obj, reason=reason, details=details)
    return obj


@transaction.atomic
def restore(row: Any, *, by: Any, reason: str) -> Any:
    """Bring a deleted row back as its last history row held it. `row` is that row, of the type ``-``.

    Raises TenantRefused: ``no_way``, ``erased``, ``there`` (it exists), ``obstacle`` (`Way.why_not`), ``conflict``
    (what it belongs to is gone, or its place is taken); and what the product's own function refuses.
    """
    model: Any = type(row).instance_type
    label, key = model._meta.label_lower, getattr(row, model._meta.pk.attname)
    way = _open_way(label, key)
    if way.restore is None:
        raise TenantRefused(_("Rows of this kind are not restored from history."), code="no_way")
    if row.history_type != "-" or model._default_manager.filter(pk=key).exists():
        raise TenantRefused(_("It is there."), code="there")
    _refuse_obstacle(way, row, None)
    make = way.restore
    made = _guarded(lambda: make(row, by=by, reason=reason))
    tenant = getattr(made, "tenant_id", None)
    details = {"from": row.history_id}
    audit.record("history.restored", by=by, tenant=tenant, target=made, reason=reason, details=details)
    return made


def _refuse_obstacle(way: Way, row: Any, obj: Any) -> None:
    obstacle = way.why_not(row, obj)
    if obstacle:
        raise TenantRefused(str(obstacle), code="obstacle")


def _open_way(label: str, key: Any) -> Way:
    way = _ways.get(label)
    if way is None or label not in tracked_models():
        raise TenantRefused(_("Rows of this kind go back by their own dialogs alone."), code="no_way")
    if is_erased(label, key):
        raise TenantRefused(_("It was erased; nothing brings its values back."), code="erased")
    return way


def _guarded(act: Callable[[], Any]) -> Any:
    """Run in a savepoint; what the database refuses (a composite key, a taken place) is said, not raised."""
    try:
        with transaction.atomic():
            done = act()
            connection.check_constraints()  # now, and not at the commit, where nobody could say it
            return done
    except ValidationError as error:
        raise TenantRefused(" ".join(error.messages), code="conflict") from error
    except IntegrityError as error:
        words = _("What it belongs to is gone, or its place is taken by another row: %(rule)s")
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "?"
        raise TenantRefused(words % {"rule": rule}, code="conflict") from error


def save_fields(obj: Any, values: Mapping[str, Any], *, by: Any, reason: str) -> None:
    """Set fields of a row that no verb of its own changes: validated, saved, with history."""
    for name, value in values.items():
        setattr(obj, _column(obj, name), value)
    obj.full_clean(validate_unique=False, validate_constraints=False)
    with audit.changing(by=by, reason=reason):
        obj.save()


def insert_again(row: Any, *, by: Any, reason: str) -> Any:
    """Insert a row under the key it had. Composite keys to its tenant are checked by the database at once."""
    model = type(row).instance_type
    obj = model(**{field.attname: getattr(row, field.attname) for field in row.tracked_fields})
    obj.clean()
    with audit.changing(by=by, reason=reason):
        obj.save(force_insert=True)
    return obj
