"""Builtins to carriers, slowly: the value, or every fault in the builtins, each with its pointer in the sender's spelling.

Codecs call `explain` only after `assemble` has refused a document. A cattrs converter always reads with this module, so that
a user's hooks run at any depth. Each reader reports faults with pointers that start at its own value, and whoever called it
puts the name or index of that value in front: `/Value`, `/0/Value`, `/Emails/0/Value`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Literal

from attrs import Attribute
from msgspec import Struct

from contactwire.builtins.limits import beyond_the_stack
from contactwire.builtins.scalars import Read, invalid, single_reader
from contactwire.errors import MAX_FAULTS, Faults, Issue, ValidationError, one_line, shorten
from contactwire.paths import escape
from contactwire.wire import (
    STRING,
    CarrierPlan,
    EnumerationKind,
    FieldPlan,
    ItemsKind,
    Kind,
    NestedKind,
    ScalarKind,
    blank,
    finish_carrier,
    kept_on_plan,
    mark_view,
    plan_of,
    put_value,
    start_carrier,
)

__all__ = [
    "DEFAULT",
    "DuplicatePolicy",
    "Policy",
    "UnknownPolicy",
    "carrier_reader",
    "check_hooks",
    "explain",
    "issues_of",
    "kind_reader",
    "missing_issue",
    "refusal",
    "repeated_issue",
    "unknown_issue",
    "wrong_name",
]

UnknownPolicy = Literal["keep", "ignore", "error"]
"""What happens to an unknown member: it is kept, it is left out, or it is a fault."""

DuplicatePolicy = Literal["last", "error"]
"""What happens to a property that is repeated: the last value counts, or it is a fault."""

Nested = Callable[[type], Read]
"""Returns the function that reads a carrier class, for carriers inside of another value."""


class Policy(Struct, frozen=True, cache_hash=True):
    """How builtins are read: what happens to unknown and to repeated members, and whether scalars are coerced.

    `max_faults` is how many faults an error lists. With `view`, carriers are read as views: no property is required, each
    may be null, no default counts, and no hook runs.
    """

    unknown: UnknownPolicy = "keep"
    coerce: bool = False
    duplicates: DuplicatePolicy = "last"
    max_faults: int = MAX_FAULTS
    view: bool = False


DEFAULT = Policy()


def explain(data: Any, kind: Kind, policy: Policy = DEFAULT) -> Any:
    """The value that builtins describe; raises `ValidationError` with every fault, up to `policy.max_faults`.

    Raises `ContentTooLarge` for builtins that nest deeper than Python can follow.
    """
    try:
        return kind_reader(kind, policy)(data)
    except RecursionError:
        raise beyond_the_stack() from None


def kind_reader(kind: Kind, policy: Policy, nested: Nested | None = None) -> Read:
    """The function that reads values of a kind. `nested` reads the carriers in them; by default their plans say how."""
    match kind:
        case ScalarKind() | EnumerationKind():
            return single_reader(kind, coerce=policy.coerce)
        case ItemsKind():
            return _items_reader(kind, kind_reader(kind.item, policy, nested), policy.max_faults)
        case NestedKind():
            if nested is not None:
                return _hooked_reader(kind.carrier, nested)
            # Looked up when it is called, since a carrier may hold itself.
            return lambda value: _plain_carrier_reader(plan_of(kind.carrier), policy)(value)  # noqa: PLW0108


def _hooked_reader(cls: type, nested: Nested) -> Read:
    """The function that reads a carrier by a user's hook; an error of the hook becomes a fault of the value."""

    def read(value: Any) -> Any:
        try:
            return nested(cls)(value)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError(issues_of(error, "", value)) from None

    return read


@kept_on_plan
def _plain_carrier_reader(plan: CarrierPlan, policy: Policy) -> Read:
    return carrier_reader(plan, policy, None)


def carrier_reader(plan: CarrierPlan, policy: Policy, nested: Nested | None) -> Read:
    """The function that reads carriers of one class; `nested` is as in `kind_reader`."""
    reads = {field.name: kind_reader(field.kind, policy, nested) for field in plan.fields}
    expected = NestedKind(plan.carrier).expected

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise invalid(expected, value)
        found: dict[str, Any] = {}
        extras: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        faults = Faults(ValidationError, policy.max_faults)
        for name, raw in value.items():
            field = plan.find(name) if type(name) is str else None
            if field is None:
                if type(name) is not str:
                    faults.add(wrong_name(name))
                elif policy.unknown == "error":
                    faults.add(unknown_issue("/" + escape(name), plan, name))
                elif policy.unknown == "keep":
                    extras[name] = raw
                continue
            if field.attribute in spelled and policy.duplicates == "error":
                faults.add(repeated_issue("/" + escape(name)))
            spelled[field.attribute] = name
            try:
                may_be_null = field.nullable or policy.view
                found[field.attribute] = None if raw is None and may_be_null else reads[field.name](raw)
            except ValidationError as error:
                faults.take(error, "/" + escape(name))
        carrier = _view(plan, found, faults) if policy.view else _carrier(plan, found, spelled, faults)
        if extras:
            carrier.extras = extras
        return carrier

    return read


def _carrier(plan: CarrierPlan, found: dict[str, Any], spelled: dict[str, str], faults: Faults) -> Any:
    """The carrier with these values by attribute, after its hooks have run; raises `ValidationError` with every fault.

    `spelled` maps the attribute of each property that was met to its spelling in the builtins.
    """

    def report(attribute: str, error: Exception) -> None:
        name = spelled.get(attribute) or (plan.by_attribute[attribute].name if attribute else "")
        pointer = "/" + escape(name) if name else ""
        faults.add(refusal(error, found.get(attribute, {})).under(pointer))

    missing = [field for field in plan.fields if field.required and field.attribute not in spelled]
    faults.add(*[missing_issue("/" + escape(field.name), field) for field in missing])
    faults.check()
    carrier = start_carrier(plan.carrier, found, report)
    faults.check()
    finish_carrier(carrier, report)
    faults.check()
    return carrier


def _view(plan: CarrierPlan, found: dict[str, Any], faults: Faults) -> Any:
    """The view with these values by attribute and nothing else; raises `ValidationError` with every fault."""
    faults.check()
    carrier = blank(plan.carrier)
    for attribute, value in found.items():
        put_value(carrier, attribute, value)
    mark_view(carrier)
    return carrier


def issues_of(error: Exception, prefix: str, received: object) -> list[Issue]:
    """The faults that an exception from a reader reports, with `prefix` in front of their pointers.

    A `ValidationError` has its issues. An exception group of cattrs, from a user's attrs class, is searched for the errors
    in it. Any other ValueError, TypeError or LookupError of a user's hook is one issue. All other exceptions are no faults
    of the document, and are raised again.
    """
    if isinstance(error, ValidationError):
        return [issue.under(prefix) for issue in error.issues]
    group = getattr(error, "group_exceptions", None)
    if group is not None:
        located, others = group()
        steps = [
            (inner, prefix + "/" + escape(str(getattr(note, "name", getattr(note, "index", ""))))) for inner, note in located
        ]
        steps += [(inner, prefix) for inner in others]
        return [issue for inner, pointer in steps for issue in issues_of(inner, pointer, received)]
    if isinstance(error, (ValueError, TypeError, LookupError)):
        return [refusal(error, received).under(prefix)]
    raise error


def refusal(error: Exception, received: object) -> Issue:
    """The fault of a value for which a user's validator, converter or factory raised an error."""
    # The validators of attrs put their message first, and behind it the attribute, with all that its class declares.
    message = error.args[0] if any(isinstance(each, Attribute) for each in error.args) else error
    return Issue("", one_line(str(message)) or type(error).__name__, "a valid value", shorten(received))


def check_hooks(carrier: Any, faults: Faults, pointer: str = "", only: Collection[str] | None = None) -> None:
    """Run the hooks of a carrier that was changed in place, and add what they refuse to the faults.

    `pointer` is that of the carrier. With `only`, the hooks of other properties do not run; `__attrs_post_init__` always
    does.
    """

    def report(attribute: str, error: Exception) -> None:
        if attribute:
            name = plan_of(type(carrier)).by_attribute[attribute].name
            faults.add(refusal(error, getattr(carrier, attribute)).under(f"{pointer}/{escape(name)}"))
        else:
            faults.add(refusal(error, {}).under(pointer))

    finish_carrier(carrier, report, only)


def wrong_name(name: object) -> Issue:
    """The fault of a name or key that is no string."""
    return Issue.of_value("string", name, f"expected a string as name, received {shorten(name)}")


def missing_issue(pointer: str, field: FieldPlan) -> Issue:
    """The fault of a required property that is absent."""
    return Issue(pointer, "the property is missing", field.kind.expected, "nothing")


def repeated_issue(pointer: str) -> Issue:
    """The fault of a property that one object has twice."""
    return Issue(pointer, "the property is repeated in its object", "one value", "a second one")


def unknown_issue(pointer: str, plan: CarrierPlan, name: str) -> Issue:
    """The fault of a member that no property of a carrier has."""
    return Issue(pointer, f"{plan.name} has no such property", "a known property", shorten(name))


def _items_reader(kind: ItemsKind, read_item: Read, max_faults: int) -> Read:
    shape, nullable, expected, read_key = kind.shape, kind.nullable, kind.expected, single_reader(STRING)

    def read(value: Any) -> list[Any] | dict[str, Any]:
        if not isinstance(value, shape):
            raise invalid(expected, value)
        items: dict[Any, Any] = {}
        faults = Faults(ValidationError, max_faults)
        for key, raw in enumerate(value) if shape is list else value.items():
            try:
                if shape is not list and not isinstance(key, str):
                    raise ValidationError([wrong_name(key)])
                name = key if shape is list else read_key(key)
                items[name] = None if raw is None and nullable else read_item(raw)
            except ValidationError as error:
                faults.take(error, "/" + escape(str(key)))
        faults.check()
        return list(items.values()) if shape is list else items

    return read
