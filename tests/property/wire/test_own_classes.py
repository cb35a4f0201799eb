"""The law of a user's own classes: whatever a class declares, all formats, patches and selections agree on what it holds.

The model of a class is a `Shape`, a list of declared properties. That of a carrier is plain JSON, completed by the shape.
"""

import copy
import json
import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Generic, NewType, TypeVar
from uuid import UUID

import attrs
import jsonschema
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from lxml import etree

from contactwire import (
    UNSET,
    Carrier,
    EncodeError,
    FlagsKind,
    FormCodec,
    Int32,
    JsonCodec,
    Maybe,
    MergePatchCodec,
    Selection,
    ValidationError,
    WireName,
    XmlCodec,
    diff,
    to_builtins,
)
from contactwire.schema import json_schema, xsd_files
from contactwire.tables import from_table, to_table
from tests.copies import CODECS, COPIES, JSON_CODECS

T = TypeVar("T")
Phone = NewType("Phone", str)
Mask = Annotated[str | int, FlagsKind({"None": 0, "Read": 1, "Write": 2})]
TEXTS = st.sampled_from(["", "x", "Elan & Co", " a\n", "null", "1", "æ<ø>å", "]]>"])
KEYS = st.sampled_from(["A", "B c:/~d"])
UNKNOWN = st.dictionaries(st.sampled_from(["Odd", "o d", "ö"]), TEXTS | st.just({"a": "b"}), max_size=2)
NAMES = ["x_foobar", "a b", "é", "sms:1", "a.b", "0", "Key", "value", "[x]", "a/b~c"]
DIALECTS = st.sampled_from(["plain", "datacontract", "webapi", "services"])


class Tone(StrEnum):
    """An open enumeration."""

    LOW = "low"


class Size(Enum):
    """A closed enumeration of text."""

    SMALL = "small"
    LARGE = "large"


class Rank(IntEnum):
    """A closed enumeration of integers."""

    FIRST = 1


@attrs.define(eq=False)
class Sort:
    """What a property, item or value may be: its annotation, and JSON values of it as they are kept.

    `form` is "carrier", "list", "dictionary", "scalar", or "upper" for a text with hooks. `inside` is a carrier's shape, or
    the sort of items, which may be null if they are `nullable`. `empty` is what an empty text in a form's list means. A
    property that holds carriers of its own class has no annotation here.
    """

    annotation: Any
    values: Any
    form: str = "scalar"
    inside: Any = None
    nullable: bool = False
    empty: Any = None


SCALARS = [
    Sort(str, TEXTS, empty=""),
    Sort(Phone, TEXTS, empty=""),
    Sort(bool, st.booleans()),
    Sort(Int32, st.sampled_from([0, -5, 2**31 - 1])),
    Sort(int, st.sampled_from([0, 2**63 - 1])),
    Sort(float, st.sampled_from([0, 3, 0.5, -0.0, 1e300])),
    Sort(Decimal, st.sampled_from(["1.50", "-3", "0", "1E-7"]).map(Decimal)),
    Sort(datetime, st.sampled_from(["2003-10-01T14:34:01.7525885+02:00", "0001-01-01T00:00:00", "2020-02-29T00:00:00Z"])),
    Sort(date, st.sampled_from(["2020-02-29", "0001-01-01"])),
    Sort(UUID, st.just("00000000-0000-0000-0000-000000000001")),
    Sort(Tone, st.sampled_from(["low", "other"]), empty=""),
    Sort(Tone | str, st.sampled_from(["low", "other"]), empty=""),
    Sort(Size, st.sampled_from(["small", "large"])),
    Sort(Rank, st.just(1)),
    Sort(Mask, st.sampled_from(["Read", "Read, Write", 1024, "Odd"]), empty=""),
]
UPPER = Sort(str, TEXTS, "upper")


@attrs.frozen(eq=False)
class Property:
    """A property: its names, its sort, and whether it may be null.

    `default` is what it is where it is absent: UNSET where it stays so, and `...` where it must be there.
    """

    attribute: str
    name: str
    sort: Sort
    nullable: bool
    default: Any


@attrs.frozen(eq=False)
class Shape:
    """A carrier class, and its properties in wire order."""

    cls: type
    properties: list

    def named(self, name):
        """The property of a name, in any letter case, or None."""
        return next((each for each in self.properties if each.name.lower() == name.lower()), None)

    @st.composite
    @staticmethod
    def documents(draw, shape, levels=1):
        """Documents that are right for a class, in any order and with names in any letter case."""
        document = {}
        for each in draw(st.permutations(shape.properties)):
            is_again = each.sort.form == "list" and each.sort.inside.inside is shape
            if each.default is ... or draw(st.booleans()):
                name = draw(st.sampled_from([each.name, each.name, each.name.upper()])) if each.name.isascii() else each.name
                again = st.lists(Shape.documents(shape, levels - 1), max_size=2 if levels else 0)
                document[name] = draw(or_null(again if is_again else each.sort.values, each.nullable))
        return document | (draw(UNKNOWN) if draw(st.integers(0, 3)) == 0 else {})


def or_null(values, nullable):
    """Values of which some are null, if they may be."""
    return values | st.none() if nullable else values


def list_of(item, nullable):
    """Lists of a sort."""
    annotation = item.annotation | None if nullable else item.annotation
    return Sort(list[annotation], st.lists(or_null(item.values, nullable), max_size=2), "list", item, nullable, [])


def dictionary_of(item, nullable):
    """Dictionaries of a sort."""
    annotation = item.annotation | None if nullable else item.annotation
    values = st.dictionaries(KEYS, or_null(item.values, nullable), max_size=2)
    return Sort(dict[str, annotation], values, "dictionary", item, nullable, {})


def carrier_of(shape):
    """Carriers of a class."""
    is_required = any(each.default is ... for each in shape.properties)
    return Sort(shape.cls, Shape.documents(shape), "carrier", shape, empty=None if is_required else {})


def sorts(shapes):
    """Scalars, carriers of these shapes, and lists and dictionaries of them."""
    single = st.sampled_from(SCALARS)
    if shapes:
        single |= st.sampled_from(shapes).map(carrier_of)
    several = st.sampled_from([list_of, dictionary_of])
    items = st.builds(lambda of, item, nullable: of(item, nullable), several, single, st.booleans())
    deep = st.builds(lambda of, item, nullable: of(item, nullable), several, items, st.booleans())
    return single | single | items | deep


def refuse_no(carrier, attribute, value):
    """A validator."""
    if value == "NO":
        raise ValueError("no")


@st.composite
def declared(draw, attribute, name, shapes):
    """A property, and its annotation and default as a class body has them."""
    sort = draw(sorts(shapes))
    is_scalar = sort.form == "scalar"
    way = draw(st.sampled_from(["required", "nullable", "maybe", "maybe", "maybe null", "default", "factory", "hooks"]))
    annotation, nullable, default, given = sort.annotation, False, ..., attrs.NOTHING
    if way in ("nullable", "default") and is_scalar and draw(st.booleans()):
        annotation, nullable = annotation | None, True
    if way in ("maybe", "maybe null"):
        annotation, nullable = Maybe[annotation], True
        default = given = UNSET if way == "maybe" else None
    elif way == "default" and is_scalar:
        default = draw(sort.values)
        one = define("One", (Carrier,), {"x": (sort.annotation, attrs.NOTHING)})
        given = JsonCodec().decode(dumped({"X": default}).encode(), one).x
    elif way == "factory" and sort.form in ("list", "dictionary"):
        default = copy.copy(sort.empty)
        given = attrs.field(factory=type(default))
    elif way == "hooks":
        sort, annotation = UPPER, str
        given = attrs.field(converter=str.upper, validator=refuse_no)
    return Property(attribute, name, sort, nullable, default), annotation, given


def define(name, bases, body, **options):
    """A class of this module, so that its carriers can be pickled; `body` has annotations and defaults."""
    namespace = {attribute: given for attribute, (_, given) in body.items() if given is not attrs.NOTHING}
    namespace |= {"__annotations__": {attribute: annotation for attribute, (annotation, _) in body.items()}}
    namespace |= {"__module__": __name__, "__qualname__": name}
    globals()[name] = types.new_class(name, bases, options, lambda scope: scope.update(namespace))
    return globals()[name]


@st.composite
def shapes(draw, number, inner):
    """A class of one to three levels, whose bases may be trailing, of which the first may be generic, the last recursive."""
    wires, levels = draw(st.permutations(NAMES)), draw(st.integers(1, 3))
    base, settled, waiting, again = Carrier, [], [], Sort(None, None, "carrier")
    for level in range(levels):
        is_last, is_generic = level == levels - 1, level == 0 < levels - 1 and draw(st.booleans())
        made = []
        for place in range(draw(st.integers(level == 0, 2))):
            attribute, wire = f"x_{level}{place}", draw(st.sampled_from([None, None, wires.pop()]))
            each, annotation, given = draw(declared(attribute, wire or f"X{level}{place}", inner))
            made.append((each, annotation if wire is None else Annotated[annotation, WireName(wire)], given))
        name = f"Class{next(number)}"
        if is_generic:
            made.append((Property("x_items", "XItems", draw(sorts(inner)), True, UNSET), Maybe[T], UNSET))
        elif is_last and draw(st.booleans()):
            sort = Sort(None, None, "list", again, empty=[])
            made.append((Property("x_again", "XAgain", sort, True, UNSET), Maybe[list[name]], UNSET))
        is_trailing = not is_last and draw(st.booleans())
        body = {each.attribute: (annotation, given) for each, annotation, given in made}
        base = define(
            name, (Carrier, Generic[T]) if is_generic else (base,), body, **({"trailing": True} if is_trailing else {})
        )
        own = [each for each, _, _ in made]
        base = base[own[-1].sort.annotation] if is_generic else base
        if is_trailing:
            waiting = own + waiting
        else:
            settled, waiting = settled + own + waiting, []
    again.annotation, again.inside = base, Shape(base, settled)
    again.empty = carrier_of(again.inside).empty
    return again.inside


@st.composite
def main_shapes(draw):
    """A class, in whose properties others may be."""
    number, inner = count(1), []
    for _ in range(draw(st.integers(0, 2))):
        inner.append(draw(shapes(number, tuple(inner))))
    return draw(shapes(number, tuple(inner)))


def dumped(value, order=list):
    """JSON text of a model, or of builtins, with each number to the digit, and members in their order unless `sorted`."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{dumped(value[name], order)}" for name in order(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dumped(item, order) for item in value) + "]"
    return json.dumps(value) if value is None or isinstance(value, (str, bool)) else str(value)


def inside(sort, value):
    """What is in a value: for each item its key, its sort, and whether it may be null. Unknown members are left out."""
    if sort.form == "carrier":
        named = [(name, sort.inside.named(name)) for name in value]
        return [(name, each.sort, each.nullable) for name, each in named if each is not None]
    keys = range(len(value)) if sort.form == "list" else value if sort.form == "dictionary" else ()
    return [(key, sort.inside, sort.nullable) for key in keys]


def rebuilt(sort, value, change, pointer=""):
    """A value in which `change(sort, value, pointer)` replaces each value that is not null, the innermost first."""
    if value is None:
        return None
    value = copy.copy(value)
    for key, item, _ in inside(sort, value):
        value[key] = rebuilt(item, value[key], change, pointed(pointer, key))
    return change(sort, value, pointer)


def pointed(pointer, key):
    """RFC 6901."""
    return f"{pointer}/{escaped(str(key))}"


def escaped(name):
    """A name in a path."""
    return name.replace("~", "~0").replace("/", "~1")


def completed(sort, value, pointer=""):
    """A carrier as it is kept: in order, with defaults, and with unknown members last; a text as its converter makes it."""
    if sort.form == "carrier":
        folded = {name.lower(): item for name, item in value.items()}
        known = {each.name: folded.pop(each.name.lower(), each.default) for each in sort.inside.properties}
        known = {name: copy.copy(item) for name, item in known.items() if item is not UNSET}
        return known | {name: item for name, item in value.items() if name.lower() in folded}
    return value.upper() if sort.form == "upper" else value


def faults_of(sort, value, nullable=False, pointer=""):
    """The places where a value is null and must not be, or is not there and must be."""
    if value is None:
        return [] if nullable else [pointer]
    names = {name.lower() for name in value} if sort.form == "carrier" else ()
    missing = [each for each in sort.inside.properties if each.default is ...] if sort.form == "carrier" else []
    found = [pointed(pointer, each.name) for each in missing if each.name.lower() not in names]
    for key, item, may_be_null in inside(sort, value):
        found += faults_of(item, value[key], may_be_null, pointed(pointer, key))
    return found


def formed(faults):
    """The change that a form makes; what it cannot say goes to `faults`."""

    def change(sort, value, pointer):
        if sort.form == "list":
            empty = completed(sort.inside, sort.inside.empty) if sort.inside.empty is not None else None
            return [copy.copy(empty) if item is None else item for item in value]
        if sort.form != "carrier":
            return value
        nulls = {name: sort.inside.named(name) for name, item in value.items() if item is None}
        others = {name for name, each in nulls.items() if each is not None and each.default is not UNSET}
        faults.extend(pointed(pointer, name) for name in others if nulls[name].default is not None)
        return {name: item for name, item in value.items() if name not in nulls or name in others}

    return change


def in_table(sort, value, level=0):
    """What a table gives back of a value. A recursive property inside of a struct is JSON text, which keeps everything."""
    if value is None or (sort.annotation is None and sort.form == "list" and level > 1):
        return value
    items = {key: in_table(item, value[key], level + 1) for key, item, _ in inside(sort, value)}
    if sort.form == "carrier":
        names = [(each.name, each.default) for each in sort.inside.properties]
        return {name: items.get(name) for name, default in names if items.get(name) is not None or default is not UNSET}
    if sort.form in ("list", "dictionary"):
        return list(items.values()) if sort.form == "list" else items
    return float(value) if sort.annotation is float else value


def merged(target, patch, dialect):
    """RFC 7396 §2; in the server's dialect, null is null, and an unknown member is replaced."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None and dialect == "rfc":
            result.pop(name, None)
        elif dialect == "server" and name in ("Odd", "o d", "ö"):
            result[name] = value
        else:
            result[name] = merged(result.get(name), value, dialect)
    return result


@st.composite
def trees(draw, shape):
    """What is selected of a carrier: names, each with what is selected inside, or with None for all of it."""
    tree = {}
    for each in draw(st.permutations(shape.properties))[:4]:
        sort, keys = each.sort, []
        while sort.form in ("list", "dictionary"):
            keys += [draw(KEYS).swapcase()] if sort.form == "dictionary" else []
            sort = sort.inside
        below = draw(trees(sort.inside)) if sort.form == "carrier" and draw(st.booleans()) else None
        for key in reversed(keys if below else keys[: draw(st.integers(0, len(keys)))]):
            below = {key: below}
        tree[each.name] = below or None
    return tree


def paths_of(tree, before=""):
    """The paths of a `$select`."""
    for name, below in tree.items():
        path = before + escaped(name)
        yield from [path] if below is None else paths_of(below, path + "/")


def selected(sort, value, tree, unselected):
    """What a selection has of a value."""
    if value is None or tree is None:
        return value
    if sort.form == "list":
        return [selected(sort.inside, item, tree, unselected) for item in value]
    if sort.form == "carrier" and unselected == "null":
        known = {each.name: None for each in sort.inside.properties if each.name not in tree or each.name in value}
        value = known | {name: item if sort.inside.named(name) else None for name, item in value.items()}
    found, folded = {}, {name.lower(): below for name, below in tree.items()}
    for name, item in value.items():
        if name.lower() in folded:
            each = sort.inside if sort.form == "dictionary" else sort.inside.named(name).sort
            found[name] = selected(each, item, folded[name.lower()], unselected)
        elif sort.form == "carrier" and unselected == "null":
            found[name] = None
    return found


class OwnClasses(RuleBasedStateMachine):
    """A carrier of a class, and the JSON that it must have."""

    @initialize(shape=main_shapes(), data=st.data())
    def start(self, shape, data):
        self.whole = carrier_of(shape)
        self.carrier, self.model = self.another(data)

    def another(self, data):
        """A carrier, and its model."""
        document = data.draw(self.whole.values)
        return self.decoded(document), rebuilt(self.whole, document, completed)

    def decoded(self, document, codec=JSON_CODECS[0]):
        return codec.decode(dumped(document).encode(), self.whole.annotation)

    @rule(codec=st.sampled_from(CODECS))
    def send(self, codec):
        """JSON and XML give back what they are given."""
        self.carrier = codec.decode(codec.encode(self.carrier), self.whole.annotation)

    @rule(style=st.sampled_from(["dots", "brackets"]))
    def send_form(self, style):
        """A form gives back all but nulls, and is refused where those would come back as something else."""
        codec, faults = FormCodec(style=style), []
        model = rebuilt(self.whole, self.model, formed(faults))
        try:
            body = codec.encode(self.carrier)
        except EncodeError as error:
            assert sorted(issue.pointer for issue in error.issues) == sorted(faults)
        else:
            assert not faults
            self.carrier, self.model = codec.decode(body, self.whole.annotation), model

    @rule()
    def send_table(self):
        """A table gives back all but nulls that may be absent, and unknown members."""
        table = to_table([self.carrier], type=self.whole.annotation, ticks="text")
        (self.carrier,) = from_table(table, self.whole.annotation)
        self.model = in_table(self.whole, self.model)

    @rule(name=st.sampled_from(sorted(COPIES)))
    def copied(self, name):
        """A copy is the same."""
        before = self.carrier
        self.carrier = COPIES[name](before)
        assert self.carrier is not before
        assert self.carrier == before

    @rule(dialect=st.sampled_from(["rfc", "server"]), data=st.data())
    def patched(self, dialect, data):
        """A difference makes the other carrier, and its inverse this one again."""
        (other, model), before = self.another(data), self.model
        patch = diff(self.carrier, other, dialect=dialect)
        inverse = patch.invert(self.carrier)
        self.is_patched(patch.apply(self.carrier), model)
        self.is_patched(inverse.apply(self.carrier), before)

    def is_patched(self, carrier, model):
        """A patch has made this of a carrier; a patch says nothing of the order of keys and unknown members."""
        assert dumped(to_builtins(carrier), sorted) == dumped(model, sorted)
        self.carrier, self.model = carrier, to_builtins(carrier)

    @rule(dialect=st.sampled_from(["rfc", "server"]), data=st.data())
    def merged(self, dialect, data):
        """A merge patch of some properties is applied, or refused for each value that it empties and the class needs."""
        patch = rebuilt(self.whole, data.draw(self.whole.values), completed)
        patch = {name: data.draw(st.just(patch[name]) | st.none()) for name in data.draw(st.permutations(sorted(patch)))[:3]}
        after = merged(self.model, patch, dialect)
        try:
            carrier = MergePatchCodec(patch_dialect=dialect).decode(dumped(patch).encode()).apply(self.carrier)
        except ValidationError as error:
            assert sorted(issue.pointer for issue in error.issues) == sorted(faults_of(self.whole, after))
        else:
            self.is_patched(carrier, rebuilt(self.whole, after, completed))

    @rule()
    def valid(self):
        """What a carrier has is valid by the schema of its class."""
        jsonschema.Draft202012Validator(json_schema(self.whole.annotation)).validate(json.loads(dumped(self.model)))

    @rule(dialect=DIALECTS)
    def valid_xml(self, dialect):
        """What a codec writes is valid by the schema of its dialect, which has no unknown members."""
        codec = XmlCodec(dialect=dialect)
        known = codec.encode(JsonCodec(unknown="ignore").decode(dumped(self.model).encode(), self.whole.annotation))
        files = xsd_files(self.whole.annotation, dialect)
        with TemporaryDirectory() as folder:
            for name, text in files.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            schema = etree.XMLSchema(file=str(Path(folder, next(iter(files)))))
        schema.assertValid(etree.fromstring(known))

    @rule(codec=st.sampled_from(JSON_CODECS), data=st.data())
    def wrong(self, codec, data):
        """A value of another form is a fault at its place."""
        places = []
        rebuilt(self.whole, self.model, lambda sort, value, pointer: places.append((pointer, sort.form)) or value)
        pointer, form = data.draw(st.sampled_from(places))
        bad = {"upper": "no", "list": "wrong"}.get(form, [])
        document = rebuilt(self.whole, self.model, lambda sort, value, at: bad if at == pointer else value)
        assert self.faults(document, codec) == [pointer]

    def faults(self, document, codec=JSON_CODECS[0]):
        try:
            self.decoded(document, codec)
        except ValidationError as error:
            return sorted(issue.pointer for issue in error.issues)
        return []

    @rule(codec=st.sampled_from(JSON_CODECS), data=st.data())
    def incomplete(self, codec, data):
        """A document without some properties, or with nulls, is refused at all places where there must be a value."""
        flips = data.draw(st.lists(st.integers(0, 5), min_size=20, max_size=20))
        flip = iter(flips * 100)

        def change(sort, value, pointer):
            if sort.form == "carrier":
                kept = {name: (item, next(flip)) for name, item in value.items()}
                return {name: item if number else None for name, (item, number) in kept.items() if number != 1}
            if sort.form == "list":
                return [item if next(flip) else None for item in value]
            return value

        document = rebuilt(self.whole, self.model, change)
        faults = sorted(faults_of(self.whole, document))
        assert self.faults(document, codec) == faults
        if not faults:
            self.carrier, self.model = self.decoded(document, codec), rebuilt(self.whole, document, completed)

    @rule(data=st.data(), unselected=st.sampled_from(["null", "omit"]))
    def selected(self, data, unselected):
        """A selection has what it names, and null or nothing for all else."""
        for tree in data.draw(st.lists(trees(self.whole.inside), min_size=3, max_size=3)):
            selection = Selection.parse(",".join(paths_of(tree)) or ",", self.whole.annotation)
            view = selection.apply(self.carrier, unselected=unselected)
            assert dumped(to_builtins(view)) == dumped(selected(self.whole, self.model, tree, unselected))
        assert Selection.parse("*", self.whole.annotation).apply(self.carrier) == self.carrier

    @invariant()
    def is_as_the_model(self):
        """The carrier is what the model says, to the order of members."""
        if hasattr(self, "carrier"):
            assert dumped(to_builtins(self.carrier)) == dumped(self.model)
            assert self.carrier == self.decoded(self.model)
            assert repr(self.carrier)


TestOwnClasses = OwnClasses.TestCase
TestOwnClasses.settings = settings(max_examples=25, stateful_step_count=10, deadline=None)
