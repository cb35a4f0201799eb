"""What the names in a class's annotations mean: what they mean where that class was written, for derived classes too.

An annotation may be text (`from __future__ import annotations`), and may name a class that is defined later. When a class is
defined, `annotations_in` looks up the names in its function and its module, and keeps those that it finds. The module is
searched again for the others whenever an annotation is evaluated.
"""

from __future__ import annotations

import builtins
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import Annotated, Any, ClassVar, ForwardRef, Literal, get_origin

import msgspec
from msgspec import Struct

from contactwire.patterns import pattern

__all__ = ["Annotations", "annotations_in", "frame_of"]

_NAME = pattern(r"[^\W\d]\w*")


class _Undefined(type):
    """The metaclass of `Later`: an attribute or an item of a name that is not defined yet is `Later` again."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # pragma: no cover - which names `typing` asks for depends on its version
        return cls

    def __getitem__(cls, item: Any) -> Any:
        return cls


class Later(metaclass=_Undefined):
    """What an outline holds for a name that is not defined yet, such as for `Note` in `Maybe[list[Note]]`."""


class _Scope(dict[str, Any]):
    """The names that an annotation may use: the ones kept from the definition, then the module's, then Python's builtins.

    With a `class_name` it is the scope of that class's statement, in which a name that is not defined yet is `Later`; `met`
    says that one was looked up. An object that already has the class's name is an earlier one, such as before a reload.
    """

    def __init__(self, names: Mapping[str, Any], module: Mapping[str, Any], class_name: str = "") -> None:
        super().__init__(names)
        self.pop(class_name, None)
        self._module, self._class_name = module, class_name
        self.met = False

    def __missing__(self, name: str) -> Any:
        if name != self._class_name:
            if name in self._module:
                return self._module[name]
            if hasattr(builtins, name):
                return getattr(builtins, name)
        self.met = True
        if self._class_name and not name.startswith("__"):
            return Later
        # Python makes a NameError of it. What looks into the frames of a traceback, as pytest does, expects a KeyError.
        raise KeyError(name)


class Annotations(Struct):
    """The annotations of one class body, and what the names in them mean there.

    `written` holds the annotations by attribute. `names` holds the meanings that were found when the class was defined, and
    the class itself under its own name. `known` holds the types that texts mean whose names were all defined then.
    """

    module: str
    written: Mapping[str, Any]
    names: dict[str, Any]
    known: dict[str, Any] = msgspec.field(default_factory=dict)

    def type_of(self, attribute: str) -> Any:
        """The type that the annotation of an attribute means; raises NameError if a name is not defined yet."""
        written = self.written[attribute]
        return self.known[written] if self.is_known(attribute) else self.evaluate(written)

    def is_known(self, attribute: str) -> bool:
        """Whether the annotation of an attribute is a text whose names were all defined when the class was."""
        written = self.written[attribute]
        return isinstance(written, str) and written in self.known

    def evaluate(self, annotation: Any) -> Any:
        """The type that an annotation, or a reference in one, means; raises NameError if a name is not defined yet."""
        return self._evaluate(annotation, _Scope(self.names, self._module))

    def resolved(self, argument: Any) -> Any:
        """A type argument of a base, with what the texts in it mean in their places; raises NameError as `evaluate` does.

        For `class Tree(Page[list["Tree"]])`, the argument is `list[Tree]`. The annotations of `Page` may have been written
        in another module, so the text would mean something else there.
        """
        if isinstance(argument, (str, ForwardRef)):
            return self.resolved(self.evaluate(argument))
        if not _texts(argument):
            return argument
        arguments = [self.resolved(each) for each in _inner(argument)]
        origin = get_origin(argument)
        if origin is Annotated:
            return Annotated[arguments[0], *argument.__metadata__]
        # Not `Union[…]`, which would keep each class in a cache of its own.
        return reduce(or_, arguments) if origin in (typing.Union, types.UnionType) else origin[tuple(arguments)]

    def outlines(self, class_name: str) -> dict[str, Any]:
        """The types that the annotations of properties mean, with `Later` for names that are not defined yet.

        Class variables are no properties.
        """
        outlines = {}
        scope = _Scope(self.names, self._module, class_name)
        for attribute, written in self.written.items():
            scope.met = False
            # Most properties of a class have the annotation of another one.
            outline = self.known[written] if self.is_known(attribute) else self._evaluate(written, scope)
            if isinstance(written, str) and not scope.met:
                self.known[written] = outline
            if not _is_class_variable(outline):
                outlines[attribute] = outline
        return outlines

    @property
    def _module(self) -> Mapping[str, Any]:
        module = sys.modules.get(self.module)
        return vars(module) if module else {}

    def _evaluate(self, annotation: Any, scope: _Scope) -> Any:
        if isinstance(annotation, ForwardRef):
            annotation = annotation.__forward_arg__
        while isinstance(annotation, str):
            annotation = eval(_compiled(annotation), {}, scope)
        return self.names.get(annotation.__name__, annotation) if isinstance(annotation, typing.TypeVar) else annotation


@lru_cache(maxsize=256)
def _compiled(annotation: str) -> types.CodeType:
    """The code of an annotation; classes have the same ones over and over."""
    return compile(annotation.strip(), "<annotation>", "eval")


def _is_class_variable(annotation: Any) -> bool:
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def annotations_in(namespace: Mapping[str, Any], frame: types.FrameType | None) -> Annotations:
    """The annotations of a class body; `frame` is the one in which the class statement runs, if it was found."""
    written = dict(_written(namespace))
    names = {parameter.__name__: parameter for parameter in namespace.get("__type_params__", ())}
    texts = [text for each in (*written.values(), *namespace.get("__orig_bases__", ())) for text in _texts(each)]
    scopes = (_types_in(namespace, written), *((frame.f_locals, frame.f_globals) if frame is not None else ()))
    for name in set(_NAME.findall(" ".join(texts))):
        for scope in scopes:
            if name in scope:
                names.setdefault(name, scope[name])
    return Annotations(namespace.get("__module__", ""), written, names)


def _types_in(namespace: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """What a class body may mean by a name in an annotation: no property, and nothing with `__get__`, such as a method."""
    return {name: each for name, each in namespace.items() if name not in written and not hasattr(type(each), "__get__")}


def _written(namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    if sys.version_info >= (3, 14) and "__annotations__" not in namespace:
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        return _deferred(annotate, namespace) if annotate is not None else {}
    found: Mapping[str, Any] = namespace.get("__annotations__", {})
    return found


if sys.version_info >= (3, 14):

    def _deferred(annotate: Any, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """The annotations that wait to be evaluated (PEP 649), as values where that gives what the names in them mean.

        Those that refer to a name that is not defined yet are texts, as all are behind `from __future__ import annotations`.
        So are all of a class whose body defines one of the names, since Python does not look there before the class exists.
        """
        import annotationlib

        values = annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF)
        own = not namespace.keys().isdisjoint(annotate.__code__.co_names + annotate.__code__.co_freevars)
        if not own and not any(map(_refers, values.values())):
            return values
        try:
            texts = annotationlib.call_annotate_function(annotate, annotationlib.Format.STRING)
        except TypeError:  # Python cannot give the text of one with a formatted string
            return values
        return {name: texts[name] if own or _refers(value) else value for name, value in values.items()}

    def _refers(annotation: Any) -> bool:
        """Whether an annotation holds a reference to a name that is not defined yet."""
        return isinstance(annotation, ForwardRef) or any(map(_refers, _inner(annotation)))


def _texts(annotation: Any) -> list[str]:
    """The texts inside an annotation that are evaluated later: `"Note"` in `list["Note"]`."""
    if isinstance(annotation, str):
        return [annotation]
    if isinstance(annotation, ForwardRef):
        return [annotation.__forward_arg__]
    return [text for argument in _inner(annotation) for text in _texts(argument)]


def _inner(annotation: Any) -> tuple[Any, ...]:
    """The types inside a type; the marks of `Annotated` and the values of `Literal` are none, even if they are texts."""
    origin, arguments = get_origin(annotation), typing.get_args(annotation)
    return arguments[:1] if origin is Annotated else () if origin is Literal else arguments


def frame_of(module: str | None) -> types.FrameType | None:
    """The frame in which names of a class statement of a module are looked up.

    It is the nearest frame on the stack that belongs to the module. As in Python, the body of a class around it does not
    count, and neither does the frame that Python makes for the type parameters of `class Page[T]`.
    """
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_globals.get("__name__") != module or _is_passed_over(frame.f_code)):
        frame = frame.f_back
    return frame


def _is_passed_over(code: types.CodeType) -> bool:
    is_function, is_module = code.co_flags & inspect.CO_OPTIMIZED, code.co_name == "<module>"
    return code.co_name.startswith("<generic parameters of ") if is_function else not is_module
