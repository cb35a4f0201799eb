"""The fast path of XML: functions compiled for each carrier and dialect from the templates of `_xml_load` and `_xml_dump`.

It reads text spelled exactly as the dialect writes it, and writes values of exactly the expected types. Whatever it is not
sure of it refuses with an exception, and the exact path decides. `source` shows what was generated.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Literal

import attrs

from contactwire.codecs._xml_dump import Dumping
from contactwire.codecs._xml_load import Loading, Refused, Text
from contactwire.codecs.xml.dialects import Dialect
from contactwire.codecs.xml.names import encode_name, octets
from contactwire.codecs.xml.read import document_kind
from contactwire.wire import CarrierPlan, Kind, nested_carrier, plan_of

__all__ = ["Dumper", "Loader", "Refused", "Text", "dumper", "loader", "source"]

Function = Callable[..., Any]

_LOCK = threading.RLock()


@attrs.frozen
class Loader:
    """Reads one type in a dialect: `kind` is what it is."""

    kind: Kind
    dialect: Dialect
    _readers: dict[tuple[bool, bool, bool], Function] = attrs.field(factory=dict, eq=False)

    def reader(self, text: Text, keep: bool) -> Function:
        """The function for the content of a text's root; it keeps unknown elements, or refuses them."""
        mode = text.spaced, text.angled, keep
        found = self._readers.get(mode)
        if found is None:
            with _LOCK:
                found = self._readers.setdefault(mode, _loading(self.dialect, *mode).root(self.kind))
        return found


@attrs.frozen
class Dumper:
    """Writes one type: `tag` is its element in `octets`, and `dump` appends its content, markup and text by turns."""

    tag: str
    dump: Function


_units: dict[tuple[Any, ...], Any] = {}
_loaders: dict[tuple[Any, Dialect], Loader] = {}
_dumpers: dict[tuple[type, Dialect, bool], Dumper] = {}


def loader(type: Any, dialect: Dialect) -> Loader:
    """The compiled reader of a carrier type, or a list or dictionary of one; built once, shared by all threads."""
    found = _loaders.get((type, dialect))
    if found is None:
        kind = document_kind(type)
        with _LOCK:
            found = _loaders.setdefault((type, dialect), Loader(kind, dialect))
    return found


def dumper(type: type, dialect: Dialect, validate: bool) -> Dumper:
    """The compiled writer of a carrier type; built once, shared by all threads."""
    found = _dumpers.get((type, dialect, validate))
    if found is None:
        plan = plan_of(type)
        with _LOCK:
            made = Dumper(octets(encode_name(plan.name)), _dumping(dialect, validate).root(plan))
            found = _dumpers.setdefault((type, dialect, validate), made)
    return found


def _loading(dialect: Dialect, spaced: bool, angled: bool, keep: bool) -> Loading:
    make = functools.partial(Loading, dialect, spaced, angled, keep)
    return _unit(("load", dialect, spaced, angled, keep), make)  # type: ignore[no-any-return]


def _dumping(dialect: Dialect, validate: bool) -> Dumping:
    return _unit(("dump", dialect, validate), lambda: Dumping(dialect, validate))  # type: ignore[no-any-return]


def _unit(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    if key not in _units:
        _units[key] = make()
    return _units[key]


def source(type: Any, dialect: Dialect, function: Literal["load", "dump"], keep: bool, validate: bool) -> str:
    """The code generated for a carrier type, and for all that it leads to; `keep` is for reading, `validate` for writing."""
    kind = document_kind(type)
    plans = _reachable(plan_of(nested_carrier(kind)))  # type: ignore[arg-type]
    with _LOCK:
        unit = _loading(dialect, False, False, keep) if function == "load" else _dumping(dialect, validate)
        return unit.source(plans)


def _reachable(plan: CarrierPlan) -> list[CarrierPlan]:
    found = [plan]
    for known in found:
        children = sorted(known.children(), key=lambda cls: cls.__name__)
        found += [other for other in map(plan_of, children) if other not in found]
    return found
