"""The template of the fast path from XML: regular expressions that spell out, tag by tag, what the dialect writes.

One expression takes a run of properties; each may be absent, null, empty or there, and every tag must stand where the
dialect puts it. So what they take is well-formed, once `Text` has looked at the characters. Unknown elements may follow the
properties of a carrier, as far as `ExtrasReader` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import attrs

from contactwire.codecs._text_values import text_reader
from contactwire.codecs._xml_unit import Refused, Unit, is_plain, levels
from contactwire.codecs.xml.dialects import Dialect, item_name
from contactwire.codecs.xml.names import ILLEGAL, XSI
from contactwire.codecs.xml.text import Document
from contactwire.codecs.xml.unknown import ExtrasReader
from contactwire.codecs.xml.write import ILLEGAL_BYTES, nil_attribute
from contactwire.timestamps import parse_timestamp
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["Loading", "Refused", "Text"]

_ROOT = re.compile(
    r"""(?:<\?xml[ ]version="1\.0"(?:[ ]encoding="[Uu][Tt][Ff]-8")?(?:[ ]standalone="(?:yes|no)")?[ ]?\?>)?[ \t\n]*+
    <([A-Za-z_][A-Za-z0-9_.-]*+)
    ((?:[ ]xmlns(?::[A-Za-z][A-Za-z0-9_.-]*+)?="(?:https?://[A-Za-z0-9.-]++(?:/[A-Za-z0-9/._-]*+)?|urn:[A-Za-z0-9:._-]++)")*+)>""",
    re.VERBOSE,
)
_DECLARED = re.compile(r' xmlns:?([A-Za-z0-9_.-]*)="([^"]*)"')
_REFERENCE = re.compile("#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}))")
_ANGLE = "\1"
_ENTITIES = {"amp": "&", "lt": _ANGLE, "gt": ">", "quot": '"', "apos": "'"}
_REMEMBERED = 500
_BLANKS = "[ \\t\\n]*+"
_NO_CHARACTERS = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@attrs.frozen
class Text:
    """A document that the fast path may take: its text, line breaks and references resolved, from behind the root's tag.

    `namespaces` are those that the root declares, by prefix; `root` is its name. `spaced` says whether there is white space
    between elements, `angled` whether U+0001, which XML 1.0 cannot hold, stands for `<` in text.
    """

    root: str
    namespaces: Mapping[str, str]
    text: str
    spaced: bool
    angled: bool

    @classmethod
    def of(cls, document: Document) -> Text:
        """Look at all characters once. Raises `Refused` where there is more to it than tags, text and known references."""
        raw, text = document.utf8, document.text
        if len(raw.translate(None, ILLEGAL_BYTES)) != len(raw) or any(part in raw for part in _NO_CHARACTERS):
            raise Refused
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        match = _ROOT.match(text)
        if match is None:
            raise Refused
        text = text[match.end() :]
        text = _resolved(text) if "&" in text else text
        # What senders declare is theirs to choose, so only what is short is remembered.
        declared = _declared if len(match[2]) < _REMEMBERED else _declared.__wrapped__
        return cls(match[1], declared(match[2]), text, text[:1] in ("\n", " ", "\t"), _ANGLE in text)

    def fits(self, dialect: Dialect) -> bool:
        """Whether the root declares all that the dialect's tags need, so that no prefix is without its namespace."""
        arrays = dialect.arrays_namespace
        return self.namespaces.get(dialect.xsi_prefix) == XSI and (
            arrays is None or self.namespaces.get(dialect.arrays_prefix) == arrays
        )

    def load(self, read: Callable[[str, int, int], Any], room: int) -> Any:
        """What `read` makes of the root's content, which must be all there is."""
        value, at = read(self.text, 0, room)
        if self.text[at:].strip(" \t\n") != f"</{self.root}>":
            raise Refused
        return value


@lru_cache(maxsize=64)
def _declared(attributes: str) -> Mapping[str, str]:
    """The namespaces by their prefix; raises `Refused` where they are not right."""
    declared = _DECLARED.findall(attributes)
    namespaces = dict(declared)
    # Namespaces in XML §3: no prefix twice, and none that begins with xml.
    if len(namespaces) != len(declared) or any(prefix[:3].lower() == "xml" for prefix in namespaces):
        raise Refused
    return namespaces


def _resolved(text: str) -> str:
    """The text with its references resolved; raises `Refused` for one in a tag, behind the root, or unknown."""
    first, *rest = text.split("&")
    if "<" not in rest[-1]:
        raise Refused
    resolved, before, in_tag = [first], first, False
    for piece in rest:
        opened, closed = before.rfind("<"), before.rfind(">")
        if opened != closed:
            in_tag = opened > closed
        name, end, after = piece.partition(";")
        if in_tag or not end:
            raise Refused
        resolved += (_ENTITIES.get(name) or _referenced(name), after)
        before = after
    return "".join(resolved)


def _referenced(name: str) -> str:
    match = _REFERENCE.fullmatch(name)
    code = 0 if match is None else int(match[1]) if match[1] else int(match[2], 16)
    if not 0 < code <= 0x10FFFF or ILLEGAL.match(chr(code)):
        raise Refused
    return _ANGLE if code == ord("<") else chr(code)


class _Pattern:
    """A regular expression that compiles itself when it is first used, and then stands aside."""

    def __init__(self, names: dict[str, Any], name: str, pattern: str) -> None:
        self._names, self._name, self._pattern = names, name, pattern

    def __call__(self, text: str, at: int) -> Any:
        match = self._names[self._name] = re.compile(self._pattern).match
        return match(text, at)


_EXPRESSIONS = {"boolean": ("true|false", '{} == "true"'), "date-time": ("[^<]*+", "parse({})")}
_DIGITS = {"int32": "-?[0-9]{1,9}", "int64": "-?[0-9]{1,18}"}


@attrs.define
class _Run:
    """A regular expression in the making: its pattern, the local variables of its groups, and what is done with them."""

    pattern: str = ""
    groups: list[str] = attrs.field(factory=list)
    lines: list[str] = attrs.field(factory=list)


class Loading(Unit):
    """`load_…(text, at, room)` gives a value and where it ends; `spaced` and `angled` are as in `Text`.

    `keep` says whether there may be unknown elements, to be kept.
    """

    function = "load"
    few = 6

    def __init__(self, dialect: Dialect, spaced: bool, angled: bool, keep: bool) -> None:
        nil = nil_attribute(dialect) + "/>"
        super().__init__(
            dialect,
            {
                "Refused": Refused,
                "UNSET": UNSET,
                "new": object.__new__,
                "parse": parse_timestamp,
                # What stands for an element without content, by how it was spelled; an empty one only if that is a string.
                "STRINGS": {None: UNSET, "/>": "", nil: None},
                "OTHERS": {None: UNSET, nil: None},
                "STRING_ITEMS": {"/>": ""},
                "OTHER_ITEMS": {},
                "blanks": re.compile(_BLANKS).match,
            },
        )
        self._blanks = _BLANKS if spaced else ""
        self._string = f"{{}}.replace({_ANGLE!r}, '<')" if angled else "{}"
        self._empty = re.escape("/>") + "|" + re.escape(nil)
        self._keep = keep
        self._read_extras = partial(ExtrasReader, nil_attribute(dialect), self._blanks, _ANGLE if angled else "")
        self._functions: dict[Kind, str] = {}
        self._patterns: list[str] = []
        self.names["pattern"] = lambda name, pattern: _Pattern(self.names, name, pattern)

    def root(self, kind: Kind) -> Callable[[str, int, int], Any]:
        """The function for the content of a whole document of a kind."""
        function: Callable[[str, int, int], Any] = self.names[self._reader(kind)]
        if not self._keep or not isinstance(kind, NestedKind):
            return function
        extras = self.names[self._extras(plan_of(kind.carrier))]

        def read(text: str, at: int, room: int) -> Any:
            carrier, at = function(text, at, room)
            return carrier, extras.read(carrier, text, at)

        return read

    def _extras(self, plan: CarrierPlan) -> str:
        """The name of the reader of a carrier's unknown elements."""
        name = f"extras_{self.name(plan)}"
        if name not in self.names:
            self.names[name] = self._read_extras(plan)
        return name

    def _reader(self, kind: Kind) -> str:
        """The name of the function that reads the content of a carrier, list or dictionary."""
        if isinstance(kind, NestedKind):
            return self.carrier(plan_of(kind.carrier))
        name = self._functions.get(kind)
        if name is None:
            name = self._functions[kind] = self.local("list_" if isinstance(kind, ListKind) else "dictionary_")
            lines = self._list(kind, name) if isinstance(kind, ListKind) else self._dictionary(kind, name)  # type: ignore[arg-type]
            self.define(kind, lines)
        return name

    def generate(self, plan: CarrierPlan) -> list[str]:
        """The lines of `load_…`: a regular expression for each run of properties that are read in place."""
        name = self.name(plan)
        if not is_plain(plan.carrier):
            return [f"def load_{name}(text, at, room): raise Refused"]
        need = 1 + max((levels(field.kind) for field in plan.fields), default=0)
        lines = [
            f"def load_{name}(text, at, room):",
            f"    if room < {need}: raise Refused",
            f"    carrier = new(class_{name})",
            "    carrier._extras = None",
        ]
        run = _Run(self._blanks)
        for tag, field in self.members(plan):
            target = f"carrier.{field.attribute}"
            if self._is_in_place(field.kind):
                self._optional(run, tag, field.kind, target)
            else:
                lines += self._call(run, tag, field, target)
                run = _Run(self._blanks)
        return [*lines, *self._matched(run, f"run_{name}_"), "    return carrier, at"]

    def _is_in_place(self, kind: Kind) -> bool:
        if isinstance(kind, NestedKind):
            return self.in_place(plan_of(kind.carrier))
        return not isinstance(kind, (ListKind, DictionaryKind))

    def _optional(self, run: _Run, tag: str, kind: Kind, target: str) -> None:
        """Add a property that is read in place to a run."""
        inner = _Run()
        self._element(inner, tag, kind, target, "STRINGS", "OTHERS")
        run.pattern += f"(?:{inner.pattern}|)"
        run.groups += inner.groups
        run.lines += inner.lines

    def _element(self, run: _Run, tag: str, kind: Kind, target: str, strings: str, others: str) -> None:
        """Add an element that is read in place; `strings` and `others` say what an empty one stands for."""
        there, empty, tag = self.local("v"), self.local("e"), re.escape(tag)
        end = f"</{tag}>"
        if isinstance(kind, NestedKind):
            inner, plan = _Run(), plan_of(kind.carrier)
            nested = self.local("n")
            for child, field in self.members(plan):
                self._optional(inner, child, field.kind, f"{nested}.{field.attribute}")
            content, groups, rest = f"(){self._blanks}{inner.pattern}", [there, *inner.groups], []
            if self._keep:
                unknown = self.local("x")
                # Atomic: if the next such end tag is not this element's, no other is.
                end, groups = f"(?>(<[^/](?s:.*?))?{end})", [*groups, unknown]
                rest = [f"        if {unknown} is not None: {self._extras(plan)}.read_all({nested}, {unknown})"]
            groups.append(empty)
            lines = [
                f"    if {there} is not None:",
                f"        {nested} = new(class_{self.name(plan)})",
                f"        {nested}._extras = None",
                *("    " + line for line in inner.lines),
                *rest,
                f"        {target} = {nested}",
                f"    elif {empty} == '/>': {target} = {self._reader(kind)}('', 0, room)[0]",
                f"    else: {target} = {others}[{empty}]",
            ]
        else:
            pattern, expression = self._scalar(kind)
            content, groups = f"({pattern})", [there, empty]
            marks = strings if isinstance(kind, EnumerationKind) or kind.expected == "string" else others
            lines = [f"    {target} = {expression.format(there)} if {there} is not None else {marks}[{empty}]"]
        run.pattern += f"<{tag}(?:>{content}{end}|({self._empty})){self._blanks}"
        run.groups += groups
        run.lines += lines

    def _scalar(self, kind: Kind) -> tuple[str, str]:
        """The pattern of a scalar's text, and the expression that reads it; what is rare is left to the exact path."""
        if isinstance(kind, EnumerationKind):
            known = self.local("known_")
            self.names[known] = {member.value: member for member in kind.members}.get
            return "[^<]*+", f"{known}({{0}}, {self._string.replace('{}', '{0}')})"
        assert isinstance(kind, ScalarKind)
        if kind.name == "string":
            return "[^<]*+", self._string
        if kind.name in _EXPRESSIONS:
            return _EXPRESSIONS[kind.name]
        if kind.name in _DIGITS:
            return _DIGITS[kind.name], "int({})"
        read = self.local("read_")
        self.names[read] = text_reader(kind)
        return "[^<]*+", f"{read}({{}})"

    def _matched(self, run: _Run, prefix: str) -> list[str]:
        """The lines that match a run at `at` and go behind it."""
        if run.pattern in ("", _BLANKS):
            return []
        return [
            f"    match = {self._match(run, prefix)}(text, at)",
            f"    {self._unpacked(run)} = match.groups()",
            *run.lines,
            "    at = match.end()",
        ]

    def _match(self, run: _Run, prefix: str) -> str:
        name = self.local(prefix)
        self._patterns.append(f"{name} = pattern({name!r}, {run.pattern!r})")
        return name

    def define(self, key: CarrierPlan | Kind, lines: list[str]) -> None:
        """Run generated code, the regular expressions that it needs first."""
        super().define(key, [*self._patterns, *lines])
        self._patterns.clear()

    def _unpacked(self, run: _Run) -> str:
        return ", ".join(run.groups) + ","

    def _call(self, run: _Run, tag: str, field: FieldPlan, target: str) -> list[str]:
        """The lines for a property that has a function of its own; its opening tag ends the run before it."""
        mark = self.local("m")
        run.pattern += f"(?:<{re.escape(tag)}(>|{self._empty})|)"
        run.groups.append(mark)
        return [
            *self._matched(run, "run_"),
            f"    if {mark} == '>':",
            f"        {target}, at = {self._reader(field.kind)}(text, at, room - 1)",
            *("    " + line for line in self._closed(f"</{tag}>", field.kind, target)),
            f"    elif {mark} == '/>': {target} = {self._reader(field.kind)}('', 0, room - 1)[0]",
            f"    else: {target} = OTHERS[{mark}]",
        ]

    def _closed(self, tag: str, kind: Kind | None = None, target: str = "") -> list[str]:
        """The lines that go behind a closing tag, and behind unknown elements in front of it if `target` is a carrier."""
        passed = ["    at = blanks(text, at).end()"] if self._blanks else []
        if not self._keep or not isinstance(kind, NestedKind):
            return [*passed, f"    if not text.startswith({tag!r}, at): raise Refused", f"    at += {len(tag)}"]
        return [
            *passed,
            f"    if not text.startswith({tag!r}, at):",
            f"        at = {self._extras(plan_of(kind.carrier))}.read({target}, text, at)",
            f"        if not text.startswith({tag!r}, at): raise Refused",
            f"    at += {len(tag)}",
        ]

    def _list(self, kind: ListKind, name: str) -> list[str]:
        tag = item_name(kind, self.dialect).tag
        run = _Run(self._blanks)
        if self._is_in_place(kind.item):
            self._element(run, tag, kind.item, "item", *self._marks(kind))
            body = ["    at = match.end()", f"    {self._unpacked(run)} = match.groups()", *run.lines]
        else:
            body = self._item(run, kind, tag, f"</{tag}>")
        return self._loop(run, name, "[]", [*body, "    items.append(item)"])

    def _dictionary(self, kind: DictionaryKind, name: str) -> list[str]:
        entry = item_name(kind, self.dialect)
        prefix = f"{entry.prefix}:" if entry.prefix else ""
        opened = f"<{re.escape(entry.tag)}>{self._blanks}<{prefix}Key>([^<]*+)</{prefix}Key>{self._blanks}"
        run = _Run(self._blanks + opened, ["key"])
        if self._is_in_place(kind.item):
            self._element(run, f"{prefix}Value", kind.item, "item", *self._marks(kind))
            run.pattern += f"</{re.escape(entry.tag)}>"
            body = ["    at = match.end()", f"    {self._unpacked(run)} = match.groups()", *run.lines]
        else:
            body = [*self._item(run, kind, f"{prefix}Value", f"</{prefix}Value>"), *self._closed(f"</{entry.tag}>")]
        return self._loop(run, name, "{}", [*body, f"    items[{self._string.format('key')}] = item"])

    def _marks(self, kind: ListKind | DictionaryKind) -> tuple[str, str]:
        return ("STRINGS", "OTHERS") if kind.nullable else ("STRING_ITEMS", "OTHER_ITEMS")

    def _item(self, run: _Run, kind: ListKind | DictionaryKind, tag: str, closing: str) -> list[str]:
        """The lines for an item that has a function of its own."""
        run.pattern += f"<{re.escape(tag)}(>|{self._empty})"
        run.groups.append("mark")
        read = self._reader(kind.item)
        return [
            "    at = match.end()",
            f"    {self._unpacked(run)} = match.groups()",
            "    if mark == '>':",
            f"        item, at = {read}(text, at, room - 1)",
            *("    " + line for line in self._closed(closing, kind.item, "item")),
            f"    elif mark == '/>': item = {read}('', 0, room - 1)[0]",
            f"    else: item = {self._marks(kind)[1]}[mark]",
        ]

    def _loop(self, run: _Run, name: str, empty: str, body: list[str]) -> list[str]:
        match = self._match(run, "item_")
        return [
            f"def {name}(text, at, room):",
            "    if room < 2: raise Refused",
            f"    items = {empty}",
            f"    match = {match}(text, at)",
            "    while match is not None:",
            *("    " + line for line in body),
            f"        match = {match}(text, at)",
            "    return items, at",
        ]
