"""Reading the operations of a JSON Patch (RFC 6902 §4) from builtins, with every fault of every operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contactwire.builtins import check_depth, invalid
from contactwire.errors import ContentTooLarge, EncodeError, Faults, Issue, PathError, ValidationError, shorten
from contactwire.patch.dialects import DIALECTS, Dialect
from contactwire.patch.operation import Operation
from contactwire.patch.values import freeze, plain
from contactwire.paths import suggest

__all__ = ["MAX_OPERATIONS", "checked", "read_operations"]

MAX_OPERATIONS = 10_000
"""How many operations a JSON Patch may hold by default."""

_MISSING = object()
_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": ""}


def checked(value: Any, max_depth: int) -> bytes:
    """Builtins as JSON text.

    Raises `ValidationError` for a value that JSON cannot hold, `ContentTooLarge` for one that nests deeper than `max_depth`.
    """
    check_depth(value, max_depth)
    try:
        return freeze(plain(None, value, max_depth))
    except EncodeError as error:
        raise ValidationError(error.issues, error.more) from None


def read_operations(
    data: Any, dialect: Dialect, max_operations: int, max_depth: int, max_faults: int, *, is_json: bool
) -> tuple[Operation, ...]:
    """The operations of a patch, given as builtins.

    `is_json` says that the values come from JSON text of allowed depth, and need no check. Raises `ValidationError` with
    every fault, `ContentTooLarge` for more operations or deeper values than allowed.
    """
    if not isinstance(data, (list, tuple)):
        raise invalid("list of operation", data)
    if len(data) > max_operations:
        raise ContentTooLarge(f"the patch has {len(data)} operations, more than the {max_operations} that are allowed")
    reader = _Reader(dialect, max_depth, max_faults, freeze if is_json else lambda value: checked(value, max_depth))
    arguments = [reader.operation(index, item) for index, item in enumerate(data)]
    reader.faults.check()
    return tuple([Operation(**each) for each in arguments])


class _Reader:
    """Reads operations one by one, and their values with `freeze`; `faults` collects the faults of all."""

    def __init__(self, dialect: Dialect, max_depth: int, max_faults: int, freeze: Callable[[Any], bytes]) -> None:
        self.faults = Faults(ValidationError, max_faults)
        self._dialect, self._max_depth, self._freeze = dialect, max_depth, freeze
        self._index = 0

    def operation(self, index: int, data: Any) -> dict[str, Any]:
        """The keyword arguments of `Operation` for the operation number `index`; incomplete if it has a fault."""
        self._index = index
        if not isinstance(data, dict):
            self._fault("", f"expected an operation, received {shorten(data)}", "object", data)
            return {}
        op = self._member(data, "op", self._op)
        arguments = {"op": op, "path": self._member(data, "path", self._path)}
        needed = _NEEDS.get(op, "") if isinstance(op, str) else ""
        if needed == "value":
            arguments["json"] = self._member(data, "value", self._value)
        elif needed == "from":
            arguments["source"] = self._member(data, "from", self._path)
            self._check_own_child(arguments)
        return arguments

    def _member(self, data: dict[str, Any], name: str, read: Callable[[str, Any], Any]) -> Any:
        value = data.get(name, _MISSING)
        if value is _MISSING:
            op = data.get("op")
            of = f"the {op} operation" if isinstance(op, str) and op in _NEEDS else "the operation"
            self._fault("", f"{of} has no member {name!r}", name, data)
            return None
        return read("/" + name, value)

    def _fault(self, pointer: str, message: str, expected: str, received: Any) -> None:
        self.faults.add(Issue(f"/{self._index}{pointer}", message, expected, shorten(received)))

    def _op(self, pointer: str, value: Any) -> str | None:
        known = self._dialect.operations
        if value in known and isinstance(value, str):
            return value
        message = f"expected one of {', '.join(known)}, received {shorten(value)}"
        if isinstance(value, str):
            others = [name for name, other in DIALECTS.items() if value in other.operations]
            nearest = suggest(value, known)
            message += f", which only the {others[0]} dialect has" if others else ""
            message += f", did you mean {nearest}?" if nearest and not others else ""
        self._fault(pointer, message, "operation", value)
        return value if isinstance(value, str) else None

    def _path(self, pointer: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self._fault(pointer, f"expected a path, received {shorten(value)}", "string", value)
            return None
        try:
            value.encode()
            tokens = self._dialect.parse_path(value)
        except PathError as error:
            hint = f", did you mean {error.suggestion}?" if error.suggestion else ""
            self._fault(pointer, f"position {error.position}: {error.message}{hint}", "path", value)
        except UnicodeEncodeError:
            self._fault(pointer, "the path has a lone surrogate, which UTF-8 cannot hold", "path", value)
        else:
            if len(tokens) <= self._max_depth:
                return value
            self._fault(pointer, f"the path has {len(tokens)} tokens, more than {self._max_depth}", "path", value)
        return None

    def _value(self, pointer: str, value: Any) -> bytes | None:
        try:
            return self._freeze(value)
        except ValidationError as error:
            self.faults.take(error, f"/{self._index}{pointer}")
            return None

    def _check_own_child(self, arguments: dict[str, Any]) -> None:
        source, path = arguments["source"], arguments["path"]
        if arguments["op"] != "move" or source is None or path is None:
            return
        # RFC 6902 §4.4: a location cannot be moved into one of its children.
        inner, outer = self._dialect.parse_path(path), self._dialect.parse_path(source)
        if len(inner) > len(outer) and inner[: len(outer)] == outer:
            self._fault("/from", "a value cannot be moved into itself", "a place that does not contain the path", source)
