"""What the names in a class's annotations mean: what they meant where that class was written, whoever asks.

An annotation may be text (`from __future__ import annotations`), and may name what is defined later. So the names are
looked up when the class is defined, in its function and module, and those that are found are remembered; the others are
looked up in the module again when they are needed.
"""

from __future__ import annotations

import builtins
import re
import sys
import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, ForwardRef, get_origin

import attrs

__all__ = ["Annotations", "annotations_in", "frame_of"]

_NAME = re.compile(r"[^\W\d]\w*")


class _Undefined(type):
    """The metaclass of `Later`: whatever is done with a name that is not defined yet gives that name again."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # pragma: no cover - which names `typing` asks for depends on its version
        return cls

    def __getitem__(cls, item: Any) -> Any:
        return cls


class Later(metaclass=_Undefined):
    """Stands for a name that is not defined yet."""


class _Scope(dict[str, Any]):
    """What names mean: the remembered ones first, then those of the module and of Python itself."""

    def __init__(self, names: Mapping[str, Any], module: Mapping[str, Any]) -> None:
        super().__init__(names)
        self._module = module

    def __missing__(self, name: str) -> Any:
        if name in self._module:
            return self._module[name]
        return getattr(builtins, name) if hasattr(builtins, name) else self.undefined(name)

    def undefined(self, name: str) -> Any:
        raise NameError(f"name {name!r} is not defined", name=name)


class _OpenScope(_Scope):
    """The same, with `Later` for names that mean nothing yet."""

    def undefined(self, name: str) -> Any:
        return Later


@attrs.define
class Annotations:
    """The annotations that one class body has, and what the names in them mean there.

    `written` is what the body says, `names` what was found when the class was defined, the class's own name included.
    """

    module: str
    written: Mapping[str, Any]
    names: dict[str, Any]

    def evaluate(self, annotation: Any) -> Any:
        """What an annotation, or a reference inside of one, stands for. Raises NameError where a name is not defined yet."""
        return self._evaluate(annotation, _Scope)

    def outline(self, attribute: str) -> Any:
        """What the annotation of an attribute stands for, with `Later` for names that are not defined yet."""
        return self._evaluate(self.written[attribute], _OpenScope)

    def properties(self) -> list[str]:
        """The attributes that are properties: all but class variables."""
        return [name for name in self.written if not _is_class_variable(self.outline(name))]

    def _evaluate(self, annotation: Any, scope: type[_Scope]) -> Any:
        if isinstance(annotation, ForwardRef):
            annotation = annotation.__forward_arg__
        while isinstance(annotation, str):
            module = sys.modules.get(self.module)
            annotation = eval(annotation, {}, scope(self.names, vars(module) if module else {}))
        return self.names.get(annotation.__name__, annotation) if isinstance(annotation, typing.TypeVar) else annotation


def _is_class_variable(annotation: Any) -> bool:
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def annotations_in(namespace: Mapping[str, Any], frame: types.FrameType | None) -> Annotations:
    """The annotations of a class body, whose class statement `frame` runs."""
    written = dict(_written(namespace))
    names = {parameter.__name__: parameter for parameter in namespace.get("__type_params__", ())}
    texts = [text for annotation in written.values() for text in _texts(annotation)]
    for name in set(_NAME.findall(" ".join(texts))) if frame is not None else ():
        for scope in (frame.f_locals, frame.f_globals):  # type: ignore[union-attr]
            if name in scope:
                names.setdefault(name, scope[name])
    return Annotations(namespace.get("__module__", ""), written, names)


def _written(namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    if sys.version_info >= (3, 14) and "__annotations__" not in namespace:
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        return annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF) if annotate else {}
    found: Mapping[str, Any] = namespace.get("__annotations__", {})
    return found


def _texts(annotation: Any) -> list[str]:
    """The texts inside an annotation that will be evaluated."""
    if isinstance(annotation, str):
        return [annotation]
    if isinstance(annotation, ForwardRef):
        return [annotation.__forward_arg__]
    return [text for argument in typing.get_args(annotation) for text in _texts(argument)]


def frame_of(module: str | None) -> types.FrameType | None:
    """The frame that runs a class statement of a module: the nearest one outside that belongs to it."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") != module:
        frame = frame.f_back
    return frame
