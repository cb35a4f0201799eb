"""A class that derives from `Carrier` is an attrs class, and either works like any other class or says why it cannot."""

from __future__ import annotations

import abc
import copy
import datetime as dt
import functools
import gc
import inspect
import json
import pickle
import re
import sys
import traceback
import types
import typing
import weakref
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import attrs
import cattrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contactwire
from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    EntityElement,
    FormCodec,
    Int32,
    JsonCodec,
    Maybe,
    Person,
    Selection,
    ValidationError,
    WireName,
    XmlCodec,
    decode,
    diff,
    encode,
    evolve,
    from_builtins,
    make_converter,
    to_builtins,
)
from contactwire.builtins import document_of
from contactwire.wire import EXTRAS_MARK, INT64, plan_of

S = TypeVar("S")
T = TypeVar("T")


class Note(Carrier):
    """A carrier with a required property, with defaults, and with a property that holds the carrier itself."""

    note_id: Int32
    text: Maybe[str] = UNSET
    weight: Int32 = 5
    replies: Maybe[list[Note]] = UNSET


class Checked(Carrier):
    """A carrier with validators, converters and factories of every sort."""

    size: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    code: str = attrs.field(default="a", converter=str.upper)
    tags: list[str] = attrs.field(factory=list)
    label: Maybe[str] = attrs.field(default=UNSET)
    twice: int = attrs.field()

    @twice.default
    def _double(self):
        return 2 * self.size

    @label.validator
    def _known(self, attribute, value):
        if value == "lookup":
            raise {}["no such key"]
        if value == "bad":
            raise ValueError("a bad label")


class Mixin:
    """A plain class."""

    kind: ClassVar[str] = "mixed"

    def describe(self):
        """Describe the object."""
        return f"a {self.kind} {type(self).__name__}"


class Customer(Mixin, ContactEntity, name="Customer"):
    """An heir of the library's contact, with a mixin, a method, a property and a class variable."""

    score: Maybe[Int32] = UNSET
    best: ClassVar[int] = 100

    def describe(self):
        """Extend the mixin's description."""
        return super().describe() + f" of {self.name}"

    @property
    def is_best(self):
        """Whether the score is the best."""
        return self.score == self.best


def test_an_attrs_class_may_hold_a_carrier_class():
    """`attrs.asdict` and `attrs.has` treat a carrier class inside of another value as a class."""

    @attrs.frozen
    class Holder:
        carrier: type

    assert attrs.asdict(Holder(Note)) == {"carrier": Note}
    assert not attrs.has(type(Note))


@pytest.mark.parametrize("value", [5, None, UNSET, {}, Note], ids=repr)
def test_what_is_no_carrier_is_not_evolved(value):
    """`evolve` of anything but a carrier is a TypeError that says so."""
    with pytest.raises(TypeError, match=f"evolve takes a carrier, not a value of class {type(value).__name__}"):
        evolve(value, text="x")


def test_attrs_sees_an_attrs_class():
    """`has`, `fields`, `asdict`, `astuple`, `evolve`, `validate` and `resolve_types` of attrs take a carrier."""
    note = Note(note_id=1, replies=[Note(note_id=2)], extras={"X": 1})
    assert attrs.has(Note)
    assert [field.name for field in attrs.fields(Note)] == ["note_id", "text", "weight", "replies", "extras"]
    assert attrs.fields(Note).weight.default == 5
    assert attrs.fields(Note).note_id.type == "Int32"
    assert attrs.asdict(note)["replies"][0]["note_id"] == 2
    assert attrs.astuple(note)[:3] == (1, UNSET, 5)
    assert attrs.evolve(note, text="x") == evolve(note, text="x")
    assert attrs.evolve(note, text="x").extras == {"X": 1}
    attrs.validate(Checked())
    assert attrs.fields(attrs.resolve_types(Note)).note_id.type == Int32


def test_what_users_wrote_stays_readable():
    """`__annotations__` and `get_type_hints` show the class body's annotations, also after decoding."""
    decode(b'{"NoteId":1}', type=Note)
    assert Note.__annotations__["replies"] == "Maybe[list[Note]]"
    assert typing.get_type_hints(Note)["text"] == str | None | contactwire.UnsetType
    assert typing.get_type_hints(ContactEntity)["updated_date"] == datetime | None | contactwire.UnsetType


def test_the_constructor_takes_keywords_only():
    """The constructor takes keywords only, and its signature says which are required."""
    parameters = inspect.signature(Note).parameters
    assert {each.kind for each in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert [name for name, each in parameters.items() if each.default is inspect.Parameter.empty] == ["note_id"]
    with pytest.raises(TypeError, match="keyword"):
        Note(1)
    with pytest.raises(TypeError, match="note_id"):
        Note()


def test_a_signature_says_where_a_factory_makes_the_default():
    """In a signature a factory is `<factory>`, as for dataclasses, and not the object that attrs has for it."""

    class Made(Carrier):
        """A carrier with factories of both kinds."""

        names: list[str] = attrs.field(factory=list)
        size: Int32 = attrs.field(default=attrs.Factory(lambda carrier: len(carrier.names), takes_self=True))
        text: str = "a"

    defaults = {name: repr(each.default) for name, each in inspect.signature(Made).parameters.items()}
    assert defaults == {"names": "<factory>", "size": "<factory>", "text": "'a'", "extras": "<factory>"}


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, attrs.evolve, evolve, lambda c: pickle.loads(pickle.dumps(c))],
    ids=["copy", "deepcopy", "attrs.evolve", "evolve", "pickle"],
)
def test_a_copy_shares_no_extras(again):
    """A copy has its own dictionary of unknown members, whether or not the original's was ever looked at."""
    note = Note(note_id=1, extras={"X": 1})
    again(note).extras["Y"] = 2
    assert note.extras == {"X": 1}
    bare = Note(note_id=1)
    assert bare.extras == {}
    again(bare).extras["Y"] = 2
    assert bare.extras == {}


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is new in Python 3.13")
def test_copy_replace_makes_a_changed_copy():
    """`copy.replace` is `evolve`."""
    assert copy.replace(Note(note_id=1), text="x") == Note(note_id=1, text="x")


def test_extras_that_are_empty_are_none():
    """Extras that were never looked at, are empty, or were given empty are equal in `==`, `repr`, encoding and pickles."""
    looked = Note(note_id=1)
    assert looked.extras == {}
    given_empty = Note(note_id=1, extras={})
    assert looked == given_empty == Note(note_id=1)
    assert repr(looked) == "Note(note_id=1, weight=5)"
    assert encode(looked) == b'{"NoteId":1,"Weight":5}'
    assert pickle.dumps(looked) == pickle.dumps(Note(note_id=1))
    looked.extras = {"X": 1}
    looked.extras = None
    assert looked == Note(note_id=1)


def test_classes_match_by_attribute():
    """A `match` statement takes a carrier apart by its attributes."""
    match Note(note_id=1, text="x"):
        case Note(note_id=1, text=str(text)):
            assert text == "x"
        case _:
            pytest.fail("no match")


@settings(max_examples=25)
@given(st.builds(Note, text=st.just("x")))
def test_hypothesis_builds_carriers(note):
    """`st.builds` infers what is required from the annotations."""
    assert isinstance(note.note_id, int)
    assert note.text == "x"


def test_cattrs_structures_carriers():
    """The library's converter reads carriers inside a user's own attrs class."""

    @attrs.define
    class Box:
        notes: list[Note]

    converter = make_converter()
    assert isinstance(converter, cattrs.Converter)
    raw = {"notes": [{"NoteId": 1, "Weight": 5}]}
    assert converter.structure(raw, Box) == Box([Note(note_id=1)])
    assert converter.unstructure(Box([Note(note_id=1)])) == raw


def test_a_carrier_is_a_class_like_any_other():
    """Methods, properties, class variables, `super()`, mixins and heirs of the library's carriers work."""
    customer = decode(b'{"Name":"Elan","Score":100,"X":1}', type=Customer)
    assert customer.describe() == "a mixed Customer of Elan"
    assert customer.is_best
    assert isinstance(customer, ContactEntity)
    assert plan_of(Customer).name == "Customer"
    assert [field.name for field in plan_of(Customer).fields][-1] == "Score"
    assert encode(customer) == b'{"Name":"Elan","Score":100,"X":1}'
    customer.anything = 1  # the mixin has a dictionary
    weak = weakref.ref(customer)
    assert weak() is customer


def test_a_plan_shows_its_fields():
    """The repr of a plan has its properties, and nothing of what codecs keep on it."""
    decode(b'{"Name": "x"}', type=Customer)
    plan = plan_of(Customer)
    assert repr(plan) == f"CarrierPlan(carrier={Customer!r}, name='Customer', fields={plan.fields!r})"


@pytest.mark.skipif(sys.version_info < (3, 14), reason="only from Python 3.14 on, annotations wait until they are read")
@pytest.mark.parametrize(
    ("members", "value"),
    [
        (" x: Maybe[Local] = UNSET", {"X": {}}),
        (" x: Maybe[list[Later]] = UNSET", [{"Y": 1}]),
        (" x: list[Local | None] | None = None", [{"X": None}, None]),
        (" x: Maybe[Annotated[dict[str, Later], 'a mark']] = UNSET", {"a": {"Y": 1}}),
        (" other: ClassVar[Missing]\n x: Maybe[datetime.datetime] = UNSET", "2024-05-01T00:00:00"),
        (" class Issue(Carrier):\n  z: Int32\n x: Maybe[list[Issue]] = UNSET", [{"Z": 1}]),
        (" datetime: Maybe[datetime.datetime] = UNSET\n x: Maybe[datetime.date] = UNSET", "2024-05-01"),
        (" x: Maybe[Annotated[str | int, FlagsKind({f'F{n}': n for n in (1, 2)})]] = UNSET", "F1, F2"),
    ],
)
def test_annotations_wait_until_they_are_read(monkeypatch, members, value):
    """Without `from __future__ import annotations`, too, they may name the class itself, later ones, and the class's own."""
    module = types.ModuleType("local")
    monkeypatch.setitem(sys.modules, "local", module)
    vars(module).update({name: getattr(contactwire, name) for name in contactwire.__all__})
    vars(module).update(Annotated=Annotated, ClassVar=ClassVar)
    source = f"import datetime\nclass Local(Carrier):\n{members}\nclass Later(Carrier):\n y: Int32"
    exec(compile(source, "<class>", "exec", dont_inherit=True), vars(module))
    body = json.dumps({"X": value}, separators=(",", ":")).encode()
    assert encode(decode(body, type=module.Local)) == body


@pytest.mark.skipif(sys.version_info < (3, 14), reason="only from Python 3.14 on, annotations wait until they are read")
def test_annotations_of_a_mixin_need_not_be_defined():
    """A mixin's annotations may mention names that only type checkers see, and are as they were afterwards."""
    scope = {}
    exec(compile("class Helped:\n helper: Missing\n text: 'Missing'", "<mixin>", "exec", dont_inherit=True), scope)

    class Local(scope["Helped"], Carrier):
        x: Maybe[str] = UNSET

    body = b'{"X":"y","Helper":1}'
    assert encode(decode(body, type=Local)) == body
    with pytest.raises(NameError, match="Missing"):
        assert scope["Helped"].__annotations__


def test_a_misspelled_property_is_an_error():
    """To set what the class has not is an AttributeError, also behind a mixin with slots."""

    class Slotted:
        """A mixin that has slots, and none of its own."""

        __slots__ = ()

    class Strict(Slotted, Carrier):
        """A carrier with that mixin."""

        text: Maybe[str] = UNSET

    for carrier in (Strict(), Note(note_id=1)):
        with pytest.raises(AttributeError, match="txet"):
            carrier.txet = "a"


def test_cached_properties_and_functions_work_on_a_mixin_with_a_dictionary():
    """`cached_property` and other functions that need an instance's dictionary work where a mixin brings one."""

    class Cached(Mixin, Carrier):
        name: str = ""

        @functools.cached_property
        def length(self):
            return len(self.name)

    assert Cached(name="abc").length == 3


@pytest.mark.parametrize("codec", [JsonCodec(), XmlCodec(), FormCodec()], ids=["json", "xml", "form"])
def test_hooks_run_when_reading(codec):
    """Converters, factories and defaults that look at the carrier run in every format, as in the constructor."""
    read = codec.decode(codec.encode(Checked(size=4, code="b")), Checked)
    assert read == Checked(size=4, code="B", tags=[], twice=8)
    assert decode(b"{}", type=Checked) == Checked()
    assert decode(b'{"X":1,"size":1}', type=Checked).twice == 2


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ('{"Size":-1}', "/Size", "must be >= 0"),
        ('{"size":-1}', "/size", "must be >= 0"),
        ('{"X":1,"Size":-1}', "/Size", "must be >= 0"),
        ('{"Label":"bad"}', "/Label", "a bad label"),
        ('{"Label":"lookup"}', "/Label", "no such key"),
    ],
)
def test_an_error_of_a_hook_is_a_fault_at_its_property(body, pointer, message):
    """An error that a validator raises is a fault at the property's pointer, in the sender's spelling."""
    with pytest.raises(ValidationError) as caught:
        decode(body, type=Checked)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]
    assert message in caught.value.issues[0].message


def test_all_faults_of_hooks_are_reported():
    """Each validator that fails is a fault of its own."""
    with pytest.raises(ValidationError) as caught:
        decode('{"Size":-1,"Label":"bad"}', type=Checked)
    assert [issue.pointer for issue in caught.value.issues] == ["/Size", "/Label"]


def test_hooks_raise_what_they_raise_in_python():
    """An error that a hook raises in the constructor or on assignment passes unchanged."""
    with pytest.raises(KeyError):
        Checked(label="lookup")
    checked = Checked()
    with pytest.raises(ValueError, match=">= 0"):
        checked.size = -1

    def fail(carrier, attribute, value):
        try:
            return {}[value]
        except KeyError as cause:
            raise ValueError("not listed") from (cause if value else None)

    class Listed(Carrier):
        size: int = attrs.field(validator=fail)

    with pytest.raises(ValueError, match="not listed") as caught:
        Listed(size=1)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(ValueError, match="not listed") as caught:
        Listed(size=0)
    assert isinstance(caught.value.__context__, KeyError)
    checked.code = "z"
    assert (checked.size, checked.code) == (3, "Z")


def test_post_init_runs_last():
    """`__attrs_post_init__` sees converted values, and its error is a fault of the carrier as a whole."""

    class Sum(Carrier):
        a: int = attrs.field(default=1, converter=lambda value: value + 1)
        total: int = 0

        def __attrs_post_init__(self):
            if self.a > 100:
                raise ValueError("too much")
            self.total = self.a * 10

    assert Sum().total == 20
    assert decode(b'{"A":2}', type=Sum).total == 30
    with pytest.raises(ValidationError) as caught:
        decode(b'{"A":100}', type=Sum)
    assert [issue.pointer for issue in caught.value.issues] == [""]


class Swatch(Carrier):
    """A carrier whose properties have wire names, given inside and outside of `Maybe`."""

    foo: Annotated[Maybe[str], WireName("x_foobar")] = UNSET
    bar: Maybe[Annotated[str, WireName("x_bar")]] = UNSET
    baz: Annotated[Int32, WireName("#3")] = 1


def test_a_wire_name_counts_inside_and_outside_of_maybe():
    """A `WireName` inside of `Maybe` and one outside of it give the property its exact wire name."""
    assert [field.name for field in plan_of(Swatch).fields] == ["x_foobar", "x_bar", "#3"]
    swatch = Swatch(foo="a", bar="b")
    assert encode(swatch) == b'{"x_foobar":"a","x_bar":"b","#3":1}'
    assert decode(b'{"X_FOOBAR":"a","x_bar":"b"}', type=Swatch) == swatch


Number = Annotated[Maybe[Int32], WireName("Number")]


class Numbers(Carrier):
    """A carrier whose properties have a type with a mark, and marks of their own."""

    first: Number = UNSET
    second: Annotated[Number, WireName("Second")] = UNSET
    third: Annotated[Maybe[Annotated[Int32, WireName("Number")]], WireName("Third")] = UNSET
    large: Maybe[Annotated[Int32, INT64]] = UNSET


def test_the_outermost_mark_counts():
    """Of two names, or two kinds, that an annotation gives a property, the one nearer to the property counts."""
    numbers = Numbers(first=1, second=2, third=3, large=2**31)
    assert encode(numbers) == b'{"Number":1,"Second":2,"Third":3,"Large":2147483648}'
    assert decode(encode(numbers), type=Numbers) == numbers


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ('a"b', "U+0022"),
        ("a\\b", "U+005C"),
        ("a\nb", "U+000A"),
        ("a\ue000b", "U+E000"),
        ("a\ud800", "U+D800"),
        ("", "empty"),
    ],
)
def test_a_wire_name_that_json_would_escape_is_refused(name, refused):
    """A name with a quote, backslash, control character, surrogate or U+E000 is refused; the error names the property."""
    with pytest.raises(TypeError, match=r"^Odd\.x: a wire name cannot .*" + re.escape(refused)):
        type(Carrier)(
            "Odd", (Carrier,), {"__annotations__": {"x": Annotated[Maybe[str], WireName(name)]}, "__module__": __name__}
        )


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("", "cannot be empty"),
        ("a\nb", "cannot hold U+000A"),
        ("a\ud800", "cannot hold U+D800"),
        (3, "is a string, not 3"),
        (b"Odd", "is a string, not b'Odd'"),
    ],
)
def test_a_carrier_has_a_name_that_a_property_could_have(name, refused):
    """What no property can be called on the wire, no carrier can be called; it is a TypeError where the class is defined."""
    body = {"__annotations__": {"x": Maybe[str]}, "__module__": __name__}
    with pytest.raises(TypeError, match=r"^Odd: a wire name " + re.escape(refused)):
        type(Carrier)("Odd", (Carrier,), dict(body), name=name)
    body["__annotations__"] = {"x": Annotated[Maybe[str], WireName(name)]}
    with pytest.raises(TypeError, match=r"^Odd\.x: a wire name " + re.escape(refused)):
        type(Carrier)("Odd", (Carrier,), body)


def define(body: str, **names: Any) -> Any:
    """Execute a class body, and return the class `Bad` that it defines."""
    scope = {"attrs": attrs, "Carrier": Carrier, "Maybe": Maybe, "UNSET": UNSET, "Int32": Int32, "Note": Note,
             "Wrapped": Wrapped, "Person": Person, "datetime": datetime, "typing": typing,
             **names, "__name__": __name__}  # fmt: skip
    exec(body, scope)
    return scope["Bad"]


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ("class Bad(Carrier):\n def __init__(self): ...", "__attrs_post_init__"),
        ("class Bad(Carrier):\n def __post_init__(self): ...", "__attrs_post_init__"),
        ("class Bad(Carrier):\n def __new__(cls): ...", "class method"),
        ("@attrs.define\nclass Bad(Carrier):\n x: Maybe[str] = UNSET", "take the decorator of"),
        ("def f():\n @attrs.define\n class Bad(Carrier): x: Maybe[str] = UNSET\nf()", "take the decorator of"),
        ("@attrs.define(slots=False)\nclass Bad(Carrier):\n x: Maybe[str] = UNSET", "take the decorator of"),
        ("import dataclasses\n@dataclasses.dataclass\nclass Bad(Carrier):\n x: Maybe[str] = UNSET", "take the decorator of"),
        ("class Bad(Carrier):\n x = attrs.field(default=UNSET)", "needs an annotation"),
        ("class Bad(Carrier):\n x = UNSET", "needs an annotation"),
        ("import msgspec\nclass Bad(Carrier):\n x: Maybe[str] = msgspec.field(default=UNSET)", "go into attrs.field"),
        ("import enum\nclass E(enum.Flag): A = 1\nclass Bad(Carrier):\n x: Maybe[E] = UNSET", "FlagsKind(…)"),
        ("class Bad(Carrier, type('Mixin', (), {'__init__': print})): ...", "cannot define __init__"),
        ("class Bad(Carrier, frozen=True): ...", "frozen is no option"),
        ("class Bad(Carrier, tag=True): ...", "tag is no option"),
        ("class Bad(Carrier, array_like=True): ...", "array_like is no option"),
        ("class Bad(Note, Person): ...", "one carrier base"),
        ("class Bad(Carrier):\n self: Maybe[str] = UNSET", "WireName"),
        ("class Bad(Carrier):\n extras: Maybe[str] = UNSET", "WireName"),
        ("class Bad(Carrier):\n x: Maybe[str] = attrs.field(default=UNSET, alias='y')", "WireName"),
        ("class Bad(Carrier):\n x: Maybe[str] = attrs.field(default=UNSET, init=False)", "class variable"),
        ("class Bad(Carrier):\n x: Maybe[Int32] = 5", "without Maybe"),
        ("class Bad(Carrier):\n x: Int32 = UNSET", "Maybe only"),
        ("class Bad(Carrier):\n x: list[str] = ['a']", "factory="),
        ("class Bad(Carrier):\n x: dict[str, str] = attrs.field(default={'a': 'b'})", "factory="),
        ("class Bad(Carrier):\n x: Note = Note(note_id=1)", "factory="),
        ("class Bad(Note):\n weight = 6", "declare the property again"),
        ("class Bad(Note):\n weight: typing.ClassVar[int] = 6", "declare the property again"),
        ("class Bad(Note):\n def weight(self): ...", "declare the property again"),
        ("class Bad(type('Mixin', (), {'weight': 6}), Note): ...", "an attribute of Mixin hides"),
        ("class Bad(Carrier):\n x: Maybe[bytes] = UNSET", "no type that a wire format can carry"),
        ("class Bad(Carrier):\n x: Maybe[list[typing.Self]] = UNSET", "write the name of the class"),
        ("class Bad(Carrier):\n x: str | int = ''", "no one kind"),
        ("import enum\nclass E(enum.Enum): A = 'a'\nclass Bad(Carrier):\n x: Maybe[str | E] = UNSET", "no one kind"),
        ("class Bad(Carrier):\n x: Maybe[dict[int, str]] = UNSET", "no type that a wire format can carry"),
        ("class Bad(Wrapped[bytes]): ...", "with base64 in it"),
        ("class Bad(Wrapped[list[set[str]]]): ...", "use list"),
        ("class Bad(Wrapped[Wrapped[str]]): ...", "derive a class from it"),
        ("class Bad(Carrier):\n name: Maybe[str] = UNSET\n NAME: Maybe[str] = UNSET", "letter case"),
    ],
)  # fmt: skip
def test_a_class_that_cannot_work_says_so_when_it_is_defined(body, advice):
    """A class that cannot work is a TypeError that names the class and says what to do instead."""
    with pytest.raises(TypeError, match="Bad") as caught:
        define(body)
    assert advice in str(caught.value)


def test_a_property_that_hides_its_type_says_so():
    """What Python makes of `datetime: Maybe[datetime] = UNSET` is a TypeError with advice; in quotes it works."""
    with pytest.raises(TypeError, match="in quotes"):
        Maybe[UNSET]
    good = define("class Bad(Carrier):\n datetime: 'Maybe[datetime]' = UNSET")
    assert decode(b'{"Datetime":"2024-05-01T12:00:00"}', type=good).datetime == datetime(2024, 5, 1, 12)


def test_what_looks_into_the_frames_of_an_error_finds_dictionaries():
    """The error of an annotation can be told: pytest, which reads a variable of each of its frames, gets a KeyError."""
    with pytest.raises(TypeError, match="in quotes") as caught:
        define("class Bad(Carrier):\n datetime: 'Maybe[datetime]' = UNSET", datetime=UNSET)
    for frame, _ in traceback.walk_tb(caught.tb):
        with pytest.raises(KeyError):
            frame.f_locals["__tracebackhide__"]


def test_what_is_required_is_named_as_it_is_in_python():
    """The constructor names each property that is missing by its attribute, also one that an heir declares again."""

    class Strict(Note):
        text: str

    with pytest.raises(TypeError, match=r"Strict is missing what is required: 'note_id', 'text'$"):
        Strict()


def test_a_trailing_base_makes_no_carriers_itself():
    """A base class with `trailing=True` is a TypeError where it is used as a carrier itself."""
    for use in (contactwire.RightsCarrier, lambda: decode(b"{}", type=contactwire.RightsCarrier)):
        with pytest.raises(TypeError, match="derive one"):
            use()


class Page(Carrier, Generic[T]):
    """A generic carrier."""

    items: Maybe[list[T]] = UNSET
    first: Maybe[T] = UNSET


class Notes(Page[Note]):
    """A carrier that gives the generic one its type."""

    title: Maybe[str] = UNSET


def test_an_heir_of_a_generic_carrier_is_a_carrier():
    """In an heir of a generic carrier the type variable is what the heir says, however a body is read or written."""
    body = b'{"Items":[{"NoteId":1,"Weight":5}],"First":{"NoteId":2,"Weight":5},"Title":"x"}'
    notes = decode(body, type=Notes)
    assert notes == Notes(items=[Note(note_id=1)], first=Note(note_id=2), title="x")
    assert encode(notes) == body
    assert decode(body[:-1] + b',"X":1}', type=Notes).items == notes.items


class Lines(Page[list[S]], Generic[S]):
    """A generic carrier that gives another one a type with its own type variable in it."""


class Same(Page[list[T]], Generic[T]):
    """One that has the same type variable as the other."""


class Wrapped(Carrier, Generic[T]):
    """A generic carrier whose property is required, and null where its type allows null."""

    value: T


def test_a_type_variable_inside_a_type_is_replaced():
    """A generic carrier may give another one a type such as `list[T]`, and its heirs say what T is."""

    class NoteLines(Lines[Note]):
        pass

    class NullLines(Same[Note | None]):
        pass

    body = b'{"Items":[[{"NoteId":1,"Weight":5}]],"First":[]}'
    assert decode(body, type=NoteLines) == NoteLines(items=[[Note(note_id=1)]], first=[])
    assert decode(b'{"Items":[[null]]}', type=NullLines) == NullLines(items=[[None]])


def test_a_type_variable_may_be_a_type_that_allows_null():
    """A property whose type is a type variable may be null in the heirs whose type allows it."""

    class OrNull(Wrapped[str | None]):
        pass

    class NoNull(Wrapped[str]):
        pass

    assert decode(b'{"Value":null}', type=OrNull) == OrNull(value=None)
    with pytest.raises(ValidationError, match="/Value: expected string, received null"):
        decode(b'{"Value":null}', type=NoNull)


class Tree(Page["Tree"]):
    """A carrier that gives the generic one itself."""


class Forest(Page[dict[str, "Maybe[Annotated[list[Tree], 'marked'] | None]"]]):
    """A carrier that gives the generic one a type with a text in it."""


class Marked(Page[Annotated["Tree", "marked"]]):
    """A carrier that gives the generic one a text with a mark."""


class Early(Page["Late"]):
    """A carrier that gives the generic one a class that is defined later."""


class Late(Carrier):
    """The class that is defined later."""

    x: Int32 = 0


@pytest.mark.parametrize(
    "carrier",
    [
        Tree(items=[Tree(items=[]), Tree(first=Tree())]),
        Forest(items=[{"a": [Tree()], "b": None}]),
        Marked(items=[Tree()]),
        Early(items=[Late()], first=Late(x=1)),
    ],
)
def test_a_text_in_a_type_argument_means_what_it_means_where_the_heir_was_written(carrier):
    """`class Tree(Page["Tree"])` works, and so does a class that is defined later; every format reads what it wrote."""
    for media_type in ("application/json", "application/xml", "application/x-www-form-urlencoded"):
        assert decode(encode(carrier, media_type), media_type, type=type(carrier)) == carrier


def test_a_text_in_a_type_argument_may_be_a_name_of_the_function():
    """A text in the type argument of a base is looked up in the function of the heir, not where the base was written."""

    class Page(Note):
        """A class that is called as the generic base is."""

    class Local(Wrapped[list["Page | None"]]):
        pass

    class Marked(Wrapped[Annotated["Page", "a mark"]]):
        pass

    assert decode(b'{"Value":[{"NoteId":1},null]}', type=Local).value == [Page(note_id=1), None]
    assert decode(b'{"Value":{"NoteId":1}}', type=Marked).value == Page(note_id=1)


@pytest.mark.parametrize("cls", [Page, Page[Note], Lines, Same])
def test_a_generic_carrier_itself_is_refused_with_advice(cls):
    """A generic carrier is refused with the advice to derive a class that gives its type variable."""
    with pytest.raises(TypeError, match="derive a class"):
        decode(b"{}", type=cls)


def test_names_in_annotations_mean_what_they_meant_where_they_were_written():
    """A name in a base's annotation keeps its meaning, even if an heir's module or function uses it for another thing."""
    Person = Address = EntityElement = StrEnum  # noqa: F841 - names that ContactEntity uses for its own

    class Local(ContactEntity):
        odd: Maybe[str] = UNSET

    assert plan_of(Local).by_name["Persons"].kind == plan_of(ContactEntity).by_name["Persons"].kind
    assert decode(b'{"Persons":[{"Firstname":"x"}],"Emails":[{}]}', type=Local).persons == [
        contactwire.Person(firstname="x")
    ]


class Kind(StrEnum):
    """An enumeration of the module, which `WithKind` has another one of."""


class WithKind(Carrier):
    """A carrier whose body has a class, and a method that is called as a type."""

    class Kind(StrEnum):
        """An enumeration of the class."""

        SMALL = "small"

    class Part(Carrier):
        """A carrier of the class."""

        x: Maybe[Int32] = UNSET
        of: Maybe[WithKind] = UNSET

    kind: Maybe[Kind] = UNSET
    parts: Maybe[list[Part]] = UNSET
    datetime: Maybe[dt.datetime] = UNSET
    when: Maybe[list[datetime]] = UNSET

    def list(self):
        """A method."""

    @property
    def dt(self):
        """A Python property."""


def test_names_in_annotations_mean_what_the_class_body_gives_them():
    """A class in a class body may be the type of its properties; properties, methods and the like are no types."""
    carrier = WithKind(kind=WithKind.Kind.SMALL, parts=[WithKind.Part(x=1)], when=[datetime(2024, 5, 1)])
    for media_type in ("application/json", "application/xml", "application/x-www-form-urlencoded"):
        read = decode(encode(carrier, media_type), media_type, type=WithKind)
        assert read == carrier
        assert read.kind is WithKind.Kind.SMALL


def test_a_class_in_a_class_body_sees_the_function_around_both():
    """Names in the annotations of a class in a class body are those of the function, not those of the class around it."""

    class Leaf(Carrier):
        x: Int32

    class Outer(Carrier):
        datetime: "Maybe[datetime]" = UNSET  # noqa: UP037 - as it is written where nothing defers annotations

        class Inner(Carrier):
            leaf: Leaf
            when: "Maybe[datetime]" = UNSET  # noqa: UP037

    inner = Outer.Inner(leaf=Leaf(x=1), when=datetime(2024, 5, 1))
    assert decode(encode(inner), type=Outer.Inner) == inner


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`class Page[T]` is newer")
def test_a_class_with_type_parameters_sees_the_function_around_it():
    """Names in the annotations of `class Page[T]` in a function are those of the function."""
    scope: dict[str, Any] = {"__name__": __name__}
    exec(
        "from __future__ import annotations\n"
        "from contactwire import Carrier\n"
        "def make():\n"
        "    class Leaf(Carrier):\n        x: int\n"
        "    class Page[T](Carrier):\n        leaf: Leaf\n        other: T\n"
        "    class Leaves(Page[Leaf]): ...\n"
        "    return Leaves\n",
        scope,
    )
    leaves = decode(b'{"Leaf":{"X":1},"Other":{"X":2}}', type=scope["make"]())
    assert (leaves.leaf.x, leaves.other.x) == (1, 2)


def test_a_class_that_is_executed_sees_the_names_of_the_execution():
    """Names in the annotations of a class in text that `exec` runs are those that it was given as locals."""
    scope: dict[str, Any] = {"Other": Note}
    exec("class Local(Carrier):\n    note: 'Other'", {"Carrier": Carrier, "__name__": __name__}, scope)
    assert decode(b'{"Note":{"NoteId":1}}', type=scope["Local"]).note == Note(note_id=1)


def test_imports_in_a_function_count_for_its_classes():
    """A class in a function may use that function's names in annotations, also those of an imported module."""
    import datetime as clock

    class Inner(Carrier):
        when: Maybe[clock.datetime] = UNSET

    class Outer(Carrier):
        inner: Maybe[Inner] = UNSET
        outers: Maybe[dict[str, Outer]] = UNSET

    body = b'{"Inner":{"When":"2020-01-01T00:00:00.1234567Z"},"Outers":{"a":{}}}'
    assert encode(decode(body, type=Outer)) == body


def test_a_name_that_is_never_defined_is_an_error_at_the_first_use():
    """A name in an annotation that is never defined is a TypeError at first use, with the class and the name."""

    class Lost(Carrier):
        other: Maybe[Nowhere] = UNSET  # noqa: F821 - that is the point

    with pytest.raises(TypeError, match=r"Lost.*Nowhere.*define it"):
        decode(b"{}", type=Lost)


class Later(Carrier):
    """A carrier that names a class defined after it."""

    sooner: Maybe[list[Sooner]] = UNSET


class Sooner(Carrier):
    """The class that the other one names."""

    later: Maybe[Later] = UNSET


def test_carriers_may_name_what_is_defined_later():
    """Two carriers that hold each other work, whichever stands first."""
    body = b'{"Sooner":[{"Later":{}}]}'
    assert encode(decode(body, type=Later)) == body


def forget(make):
    """What is left of the class that `make` returns and of a local of its function: None for each that is freed."""

    class Witness:
        pass

    def scope():
        witness = Witness()
        cls = make(witness)
        return weakref.ref(cls), weakref.ref(witness)

    refs = scope()
    gc.collect()
    return [ref() for ref in refs]


def use(cls):
    """Read, write, patch, select from and describe a class in each way that there is."""
    from contactwire import localization, schema
    from contactwire.testing import carriers as strategy

    value = cls(name="x", when=datetime(2024, 5, 1), children=[cls(name="y")], extras={"X": {"y": 1}})
    for codec in (JsonCodec(), JsonCodec(coerce=True), JsonCodec(validate=False), JsonCodec(duplicates="error"),
                  XmlCodec(), XmlCodec(dialect="datacontract"), FormCodec(), FormCodec(style="brackets")):  # fmt: skip
        assert codec.decode(codec.encode(value), cls).name == "x"
    with pytest.raises(ValidationError):
        JsonCodec().decode(b'{"Name":1,"Children":[{"When":""}]}', cls)
    list(JsonCodec().iter_decode(b'{"Name":"x"}\n', cls))
    list(XmlCodec().iter_decode(XmlCodec().encode([value]), cls))
    assert JsonCodec().decode(b'[{"Name":"x"}]', list[cls])[0].name == "x"
    assert JsonCodec().decode(b'{"a":[{"Name":"x"},null]}', dict[str, list[cls | None]])["a"][1] is None
    other = evolve(value, name="z", children=[])
    assert diff(value, other).apply(value) == other
    contactwire.MergePatch.parse({"Name": "q", "Children": {"Name": "n"}}).apply(value)
    encode(value, select="name,children/name")
    Selection.parse("name", cls).apply(value)
    contactwire.localize(value, "en")
    localization.to_answer(value, localization.TimeZonePreference("US-NY"), "NO")
    from_builtins(to_builtins(value), cls)
    make_converter().structure({"Name": "x"}, cls)
    schema.json_schema(cls)
    schema.xsd(cls)
    schema.xsd(cls, "datacontract")
    strategy(cls)
    assert repr(value)
    assert attrs.asdict(value)
    assert copy.deepcopy(value) == value
    assert attrs.fields(cls)


def test_a_class_that_nobody_holds_is_freed():
    """A class defined in a function, even a recursive one, is freed with that function's locals after any use."""

    def make(witness):
        class Passing(Carrier):
            held: ClassVar[Any] = witness
            name: Maybe[str] = UNSET
            when: Maybe[datetime] = UNSET
            children: Maybe[list[Passing]] = UNSET

        use(Passing)
        return Passing

    assert forget(make) == [None, None]


@pytest.mark.parametrize(
    "type",
    [Sooner, list[Sooner], dict[str, Sooner], list[Sooner | None], dict[str, list[Sooner]], list[Later]],
)
def test_the_document_of_a_type_is_made_once(type):
    """A type of documents is analysed at its first use only, whether it is a carrier, a list or a dictionary."""
    assert document_of(type) is document_of(type)


def test_a_frame_is_not_kept():
    """A class remembers only the names that its annotations mention, and not all locals of its function."""

    def make(witness):
        class Local(Carrier):
            name: Maybe[str] = UNSET

        Local.kept = True
        return Local

    class Witness:
        pass

    witness = Witness()
    cls, ref = make(witness), weakref.ref(witness)
    del witness
    gc.collect()
    assert cls.kept
    assert ref() is None


def test_dates_of_callers_are_spelled_as_dotnet_does():
    """A caller's `datetime` is written in .NET's format, validated or not, wherever it stands."""
    from datetime import timedelta, timezone

    class Dated(Carrier):
        when: Maybe[datetime] = UNSET
        all: Maybe[list[datetime]] = UNSET
        inner: Maybe[Dated] = UNSET

    plain = datetime(2020, 1, 2, 3, 4, 5, 120000)
    zoned = plain.replace(tzinfo=timezone(timedelta(hours=2)))
    dated = Dated(when=plain, all=[zoned], inner=Dated(all=[plain]))
    when = "2020-01-02T03:04:05.12"
    expected = f'{{"When":"{when}","All":["{when}+02:00"],"Inner":{{"All":["{when}"]}}}}'.encode()
    for validate in (True, False):
        assert JsonCodec(validate=validate).encode(dated) == expected
        with pytest.raises(contactwire.EncodeError, match="offset"):
            JsonCodec(validate=validate).encode(Dated(when=plain.replace(tzinfo=timezone(timedelta(seconds=61)))))


def test_repr_is_in_the_wires_order_and_folds():
    """The repr, for Python, rich and IPython, shows the properties that are set, in wire order."""
    contact = ContactEntity(
        field_properties={}, contact_id=5, emails=[EntityElement(value="a" * 60), EntityElement(value="b" * 60)]
    )
    assert repr(contact).startswith("ContactEntity(contact_id=5, emails=[")
    assert [name for name, _ in contact.__rich_repr__()] == ["contact_id", "emails", "field_properties"]

    class Printer:
        def __init__(self):
            self.out = ""

        def group(self, indent, opening, closing):
            import contextlib

            @contextlib.contextmanager
            def group():
                self.out += opening
                yield
                self.out += closing

            return group()

        def text(self, text):
            self.out += text

        def breakable(self):
            self.out += "\n"

        def pretty(self, value):
            self.out += repr(value)

    printer = Printer()
    contact._repr_pretty_(printer, False)
    assert printer.out.replace("\n", " ") == repr(contact)


def test_a_mixin_with_a_metaclass_of_its_own_is_refused():
    """A carrier that derives from `abc.ABC` too is a TypeError, since the two metaclasses conflict."""
    with pytest.raises(TypeError):

        class Both(abc.ABC, Carrier):
            pass


@pytest.mark.parametrize("used", [False, True])
def test_cloudpickle_carries_a_class_of_a_function(used):
    """A class that cannot be imported travels by cloudpickle to another process, where its methods work."""
    import subprocess

    import cloudpickle

    class Local(ContactEntity, name="Customer"):
        """A class that a function defines."""

        score: Maybe[Int32] = UNSET
        when: Maybe[datetime] = UNSET
        others: Maybe[list[Local]] = UNSET
        name: Maybe[Int32] = UNSET
        size: int = attrs.field(default=3, converter=int)

        def shown(self):
            """Return the repr with an exclamation mark."""
            return super().__repr__() + "!"

    if used:
        encode(decode(b'{"Others":[{}]}', type=Local))
    dumped = cloudpickle.dumps((Local, Local(score=1, others=[Local()], extras={"X": 1})))
    code = """if True:
        import pickle, sys
        from contactwire import decode, encode
        cls, value = pickle.load(sys.stdin.buffer)
        assert value.shown() == "Local(score=1, others=[Local(size=3)], size=3, extras={'X': 1})!", value.shown()
        body = b'{"Score":2,"When":"2020-01-01T00:00:00","Others":[{"Size":4}],"Name":5,"Size":3,"Y":1}'
        assert encode(decode(body, type=cls)) == body
        print(cls.__doc__)
    """
    done = subprocess.run([sys.executable, "-c", code], input=dumped, capture_output=True, check=False)
    assert done.stdout.decode() == "A class that a function defines.\n", done.stderr.decode()


class Plain:
    """A mixin that stands before the carrier."""

    def greet(self):
        """Return a greeting."""
        return "hi"


class Mixed(Plain, Carrier):
    """A carrier with hooks behind a mixin."""

    a: Maybe[int] = attrs.field(default=UNSET, validator=attrs.validators.optional(lambda s, a, v: None))
    b: int = attrs.field(default=1, converter=int)


class MixedHeir(Mixed):
    """An heir of the carrier with the mixin."""

    c: Maybe[str] = UNSET


@pytest.mark.parametrize("cls", [Mixed, MixedHeir])
def test_a_mixin_may_stand_before_a_carrier_with_hooks(cls):
    """Construction, assignment, reading, copies, patches and selections work whichever base comes first."""
    value = cls(a=1, extras={"X": 1})
    value.b = "7"
    assert (value.b, value.greet()) == (7, "hi")
    assert copy.deepcopy(value) == value == decode(encode(value), type=cls)
    assert contactwire.MergePatch.parse({"b": 8}).apply(value).b == 8
    assert encode(value, select="a") == encode(Selection.parse("a", cls).apply(value))


def test_a_mixins_post_init_runs_by_every_path():
    """`__attrs_post_init__` of a mixin runs however the carrier is made."""

    class Late:
        def __attrs_post_init__(self):
            self.a = 99

    class Behind(Carrier, Late):
        a: Maybe[int] = UNSET

    for read in (Behind(a=1), decode(b'{"A":1}', type=Behind), decode(b'{"A":1,"X":1}', type=Behind)):
        assert read.a == 99


def test_an_error_of_a_factory_is_a_fault_at_its_property():
    """An error of a factory is a fault at its property when reading, and passes unchanged in the constructor."""

    class Broken(Carrier):
        a: Int32 = attrs.field(factory=lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        Broken()
    for codec, body in ((JsonCodec(), b"{}"), (JsonCodec(), b'{"X":1}'), (XmlCodec(), b"<Broken/>"), (FormCodec(), b"X=1")):
        with pytest.raises(ValidationError) as caught:
            codec.decode(body, Broken)
        assert [issue.pointer for issue in caught.value.issues] == ["/A"]


def test_a_class_that_is_defined_again_frees_the_earlier_one():
    """A recursive class that is defined again names itself, and the earlier class of that name is freed."""

    def define():
        class Again(Carrier):
            kids: Maybe[list[Again]] = UNSET

        assert plan_of(Again).by_name["Kids"].kind.item.carrier is Again
        return weakref.ref(Again)

    refs = [define() for _ in range(5)]
    gc.collect()
    assert [ref() is not None for ref in refs][:4] == [False] * 4


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, evolve, lambda view: pickle.loads(pickle.dumps(view))],
    ids=["copy", "deepcopy", "evolve", "pickle"],
)
def test_a_view_stays_a_view(again):
    """A view that a selection makes may lack what is required, and so may its copies."""
    view = Selection.parse("text", Note).apply(Note(note_id=1, text="x"), unselected="omit")
    assert encode(again(view)) == b'{"Text":"x"}'
    view.extras = {"X": 1}
    assert encode(view) == b'{"Text":"x","X":1}'
    assert encode(contactwire.MergePatch.parse({"Text": "y"}).apply(view)) == b'{"Text":"y","X":1}'


def test_unknown_members_of_a_view_make_no_view():
    """A carrier to which the unknown members of a view are assigned is no view: it must have what is required."""
    view = Selection.parse("text", Note).apply(Note(note_id=1, text="x"), unselected="omit")
    note = Note(note_id=1)
    note.extras = view.extras
    note.note_id = UNSET
    with pytest.raises(contactwire.EncodeError, match="/NoteId"):
        encode(note)


@pytest.mark.parametrize("codec", [JsonCodec(), XmlCodec(), FormCodec()], ids=["json", "xml", "form"])
@pytest.mark.parametrize("change", [{"note_id": UNSET}, {"note_id": None}, {"weight": UNSET}, {"weight": None}])
def test_what_must_be_there_is_checked_when_encoding(codec, change):
    """A property without `Maybe` that is missing or null is an EncodeError in every format, nested too."""
    note = Note(note_id=1)
    for name, value in change.items():
        setattr(note, name, value)
    for value in (note, [note], Note(note_id=2, replies=[note])):
        with pytest.raises(contactwire.EncodeError):
            codec.encode(value)


@pytest.mark.parametrize("extras", ["abc", [1], 5, [("a", 1)]])
def test_extras_are_a_dictionary(extras):
    """Extras that are no dictionary are a TypeError, in the constructor and on assignment."""
    with pytest.raises(TypeError, match="dictionary"):
        Note(note_id=1, extras=extras)
    with pytest.raises(TypeError, match="dictionary"):
        Note(note_id=1).extras = extras


@pytest.mark.parametrize("depth", [33, 3000])
def test_a_deep_carrier_is_an_encode_error(depth):
    """A carrier that nests too deep is an EncodeError, which is raised without following it to the end."""
    deep = Note(note_id=1)
    for _ in range(depth):
        deep = Note(note_id=1, replies=[deep])
    for codec in (JsonCodec(), JsonCodec(validate=False), XmlCodec(), FormCodec()):
        with pytest.raises(contactwire.EncodeError, match="nest"):
            codec.encode(deep)


@pytest.mark.parametrize("wrong", [5, "x", [5], {"a": 5}, [[5]], [{"NoteId": 2}]], ids=repr)
def test_a_wrong_value_goes_out_as_it_is_where_nothing_is_validated(wrong):
    """With `validate=False` JSON is written with values of wrong types, also in place of carriers."""
    note = Note(note_id=1)
    note.replies = wrong
    assert json.loads(JsonCodec(validate=False).encode(note))["Replies"] == wrong


def test_null_stands_in_a_list_at_the_top():
    """A null in a list or dictionary of carriers at the top of a document is read as null."""
    assert decode(b'[null,{"NoteId":1}]', type=list[Note | None]) == [None, Note(note_id=1)]
    assert decode(b'{"k":null}', type=dict[str, Note | None]) == {"k": None}


class Hooked(Carrier):
    """A carrier with all the hooks that attrs has for a value."""

    size: int = attrs.field(
        default=1,
        converter=attrs.Converter(lambda value, carrier, field: value + len(field.name), takes_self=True, takes_field=True),
    )
    free: int = attrs.field(default=1, on_setattr=attrs.setters.NO_OP, validator=attrs.validators.ge(0))
    double: int = attrs.field(default=1, on_setattr=lambda carrier, field, value: value * 2)
    code: str = attrs.field(default="", converter=lambda value: {"good": "Good", "": ""}[value])


def test_hooks_of_every_form():
    """A converter may ask for the carrier and the field; `on_setattr` takes the place of converters and validators."""
    hooked = Hooked()
    assert hooked.size == 5
    hooked.size, hooked.free, hooked.double = 2, -1, 4
    assert (hooked.size, hooked.free, hooked.double) == (6, -1, 8)


@pytest.mark.parametrize("body", ['{"Code":"bad"}', '{"code":"bad"}', '{"Code":"bad","Odd":1}'])
def test_what_a_converter_raises_is_a_fault_at_its_property(body):
    """An error of a converter is a fault at its property when reading, and passes unchanged in the constructor."""
    with pytest.raises(ValidationError) as caught:
        decode(body, type=Hooked)
    assert [issue.pointer.lower() for issue in caught.value.issues] == ["/code"]
    with pytest.raises(KeyError):
        Hooked(code="bad")


def test_the_copy_protocol_of_python_3_13():
    """`__replace__`, which `copy.replace` calls, works as `evolve` does."""
    assert Note(note_id=1).__replace__(text="x") == Note(note_id=1, text="x")


def test_an_empty_wire_name_is_refused():
    """An empty `WireName` is a TypeError, since a property needs a name on the wire."""
    with pytest.raises(TypeError, match=r"Odd\.a: a wire name cannot be empty"):

        class Odd(Carrier):
            a: Annotated[Maybe[str], WireName("")] = UNSET


def test_names_that_are_not_defined_yet_may_have_attributes_and_items():
    """An annotation with attributes or items of an undefined name is resolved at first use, or names what is missing."""

    class Waiting(Carrier):
        a: Maybe[missing.Thing] = UNSET  # noqa: F821
        b: Maybe[list[other[int]]] = UNSET  # noqa: F821

    with pytest.raises(TypeError, match="name 'missing' is not defined"):
        JsonCodec().encode(Waiting(a=1))


def test_a_class_may_say_that_it_is_of_another_module():
    """A class that a call of the metaclass makes may name another module as its own."""
    made = type(Carrier)("Made", (Carrier,), {"__module__": "collections", "__annotations__": {"size": int}})
    assert JsonCodec().encode(made(size=5)) == b'{"Size":5}'


def test_a_plan_travels_as_its_class():
    """A pickled plan is the very plan of its class when it is read."""
    plan = plan_of(Note)
    assert pickle.loads(pickle.dumps(plan)) is plan


class Stamped(Carrier):
    """A carrier with a date."""

    when: Maybe[datetime] = UNSET


class Restamped(Stamped):
    """An heir of the carrier with a date."""


class Album(Carrier):
    """A carrier whose dates are all in other carriers."""

    one: Maybe[Stamped] = UNSET
    many: Maybe[list[Stamped]] = UNSET
    named: Maybe[dict[str, Stamped]] = UNSET


@pytest.mark.parametrize("cls", [Stamped, Restamped])
@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("place", ["one", "many", "named"])
def test_dates_of_python_are_spelled_wherever_they_are(place, validate, cls):
    """A `datetime` in a carrier, a list or a dictionary is written as .NET does, with validation or without."""
    inner = cls(when=datetime(2020, 1, 2, 3, 4, 5, 120000))
    album = Album(**{place: {"one": inner, "many": [inner], "named": {"a": inner}}[place]})
    assert b'{"When":"2020-01-02T03:04:05.12"}' in JsonCodec(validate=validate).encode(album)


def test_wrong_values_are_passed_over_in_the_search_for_dates():
    """Without validation a wrong value in a carrier's place is skipped in the search for dates, and written as it is."""
    assert JsonCodec(validate=False).encode(Album(one=5, many=5, named=5)) == b'{"One":5,"Many":5,"Named":5}'


class Named(Carrier):
    """A carrier with a name."""

    label: Maybe[str] = UNSET


class Renamed(Named):
    """An heir that gives the property another wire name."""

    label: Annotated[Maybe[str], WireName("Title")] = UNSET


@pytest.mark.parametrize("body", ['{"Label":1,"Title":"a"}', '{"label":1,"title":"a"}'])
def test_a_name_that_an_heir_gave_up_is_unknown(body):
    """A wire name that only the base has is an unknown member of the heir, whatever its value's type."""
    renamed = decode(body, type=Renamed)
    assert renamed.label == "a"
    assert list(renamed.extras.values()) == [1]


@pytest.mark.parametrize("name", [*Renamed.__struct_encode_fields__, EXTRAS_MARK + "label"])
def test_no_sender_reaches_what_a_struct_calls_its_fields(name):
    """A sender's member that is spelled like a field of the underlying Struct is a property or an unknown member."""
    renamed = decode(json.dumps({name: "x"}), type=Renamed)
    assert renamed == (Renamed(label="x") if name == "Title" else Renamed(extras={name: "x"}))


class Hasty(Carrier):
    """A carrier whose annotation is defined after it."""

    label: Maybe[Titled] = UNSET


Titled = Annotated[str, WireName("Title")]


def test_a_wire_name_must_be_known_where_the_class_is():
    """A `WireName` that cannot be resolved when the class is defined is refused, since later it would rename a property."""
    with pytest.raises(TypeError, match=r"Hasty\.label: its WireName must be defined where the class is"):
        plan_of(Hasty)
