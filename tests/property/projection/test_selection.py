"""The laws of `$select`, compared with a plain description of what a selection does to builtins."""

from __future__ import annotations

from datetime import datetime
from operator import and_, or_

from hypothesis import given
from hypothesis import strategies as st

from contactwire import (
    UNSET,
    Carrier,
    ContactEntityWithLinks,
    Int32,
    JsonCodec,
    Maybe,
    Selection,
    to_builtins,
)
from contactwire.errors import ContactWireError
from contactwire.projection import fields
from contactwire.testing import carriers
from contactwire.wire import DictionaryKind, ListKind, NestedKind, fold, kind_of, nested_carrier, plan_of

# Few strings, so that drawn keys are often selected.
TEXT = st.sampled_from(["a", "A", "É", " x,/~\t", ""])
KEYS = st.sampled_from(["a", "A", "É x,/~\t"])
UNSELECTED = st.sampled_from(["null", "omit"])


class Node(Carrier):
    """A small recursive carrier that holds others in every way, so that paths often lead to a value."""

    id: Maybe[Int32] = UNSET
    when: Maybe[datetime] = UNSET
    names: Maybe[list[str]] = UNSET
    child: Maybe[Node] = UNSET
    rows: Maybe[list[list[Node]]] = UNSET
    by_key: Maybe[dict[str, Node]] = UNSET
    groups: Maybe[dict[str, list[Node]]] = UNSET
    texts: Maybe[dict[str, str | None]] = UNSET


def spelled(tokens):
    """The text of a path."""
    return "/".join(
        token.replace("~", "~0").replace("/", "~1").replace(",", "~2").replace(" ", "~3").replace("\t", "~4")
        for token in tokens
    )


@st.composite
def tokens_of(draw, kind, depth=3):
    """The tokens of some path below a kind."""
    while isinstance(kind, ListKind):
        kind = kind.item
    if isinstance(kind, NestedKind):
        field = draw(st.sampled_from(plan_of(kind.carrier).fields))
        token, inner = field.name, field.kind
    elif isinstance(kind, DictionaryKind):
        token, inner = draw(KEYS), kind.item
    else:
        return ()
    stop = depth == 0 or draw(st.integers(0, 3)) == 0
    return (token, *(() if stop else draw(tokens_of(inner, depth - 1))))


def full_node(depth, keys, tail):
    """A node with a value at every path, unlike most drawn carriers; `tail` is at the end of each."""
    inner = full_node(depth - 1, keys, tail) if depth else tail
    return Node(
        id=depth,
        names=["n"],
        child=inner,
        rows=[[tail], []],
        by_key=dict.fromkeys(keys, inner),
        groups={key: [tail] for key in keys},
        texts=dict.fromkeys(keys, "t"),
    )


PATHS = st.lists(tokens_of(kind_of(Node)), min_size=3, max_size=6) | st.lists(tokens_of(kind_of(Node)), max_size=1)
DRAWN = carriers(Node, text=TEXT)
NODES = DRAWN | st.builds(full_node, st.integers(0, 1), st.lists(KEYS, min_size=2, max_size=2), DRAWN)
CONTACTS = carriers(ContactEntityWithLinks, text=TEXT)
CONTACT_PATHS = st.lists(st.sampled_from([field.path for field in fields(ContactEntityWithLinks)]), max_size=5)


def selection_of(paths, cls=Node):
    """The selection of some paths, or of nothing where there are none."""
    return Selection.parse(",".join(map(spelled, paths)) or ",", cls)


SELECTIONS = PATHS.map(selection_of)


def described(kind, data, paths, unselected):
    """Builtins reduced to the selected paths, which are folded tokens below this place."""
    if () in paths or data is None:
        return data
    if isinstance(kind, ListKind):
        return [described(kind.item, item, paths, unselected) for item in data]
    if isinstance(kind, DictionaryKind):
        below = {key: [path[1:] for path in paths if path[0] == fold(key)] for key in data}
        return {key: described(kind.item, item, below[key], unselected) for key, item in data.items() if below[key]}
    plan = plan_of(kind.carrier)
    left = {}
    for field in plan.fields:
        below = [path[1:] for path in paths if path[0] == fold(field.name)]
        if below and field.name in data:
            left[field.name] = described(field.kind, data[field.name], below, unselected)
        elif not below and unselected == "null":
            left[field.name] = None
    extras = {name: None for name in data if name not in plan.by_name} if unselected == "null" else {}
    return {**left, **extras}


@given(NODES, PATHS, UNSELECTED)
def test_a_selection_means_what_is_described(node, paths, unselected):
    """The projection of a carrier is the carrier of the projected builtins."""
    folded = [tuple(map(fold, tokens)) for tokens in paths]
    result = selection_of(paths).apply(node, unselected=unselected)
    assert to_builtins(result) == described(kind_of(Node), to_builtins(node), folded, unselected)


@given(CONTACTS, CONTACT_PATHS, UNSELECTED)
def test_contacts_are_projected_as_described(contact, paths, unselected):
    """The projection of a contact, whose classes are larger and differ, is the contact of the projected builtins."""
    folded = [tuple(map(fold, path.split("/"))) for path in paths]
    result = Selection.parse(",".join(paths) or ",").apply(contact, unselected=unselected)
    described_ = described(kind_of(ContactEntityWithLinks), to_builtins(contact), folded, unselected)
    assert to_builtins(result) == described_


def outcome(function):
    """The result of a function, or the error that it raises."""
    try:
        return function()
    except ContactWireError as error:
        return error


@given(CONTACTS, CONTACT_PATHS, st.booleans())
def test_encoding_selects(contact, paths, validate):
    """Encoding with a selection gives the bytes of the projected carrier."""
    codec, selection = JsonCodec(validate=validate), Selection.parse(",".join(paths) or ",")
    assert codec.encode(contact, selection=selection) == codec.encode(selection.apply(contact))


@given(NODES | st.lists(NODES, max_size=2), SELECTIONS, st.integers(1, 16), st.sampled_from([None, 2]))
def test_encoding_selects_within_the_same_bounds(value, selection, max_depth, indent):
    """Encoding a list with a selection, or a carrier without end, gives the projection's bytes or its faults for depth."""
    codec = JsonCodec(max_depth=max_depth, indent=indent)
    selected = outcome(lambda: codec.encode(value, selection=selection))
    assert selected == outcome(lambda: codec.encode(selection.apply(value)))


WRONG = st.sampled_from([1, "x", "\ud800", 2**40, [], [1], {}, {"a": 1}, 1.5, True, Node(), None])


@given(CONTACTS, CONTACT_PATHS, st.sampled_from(plan_of(ContactEntityWithLinks).fields), WRONG)
def test_encoding_reports_the_faults_of_what_is_selected(contact, paths, field, wrong):
    """A value of a wrong type is a fault if it is selected, and the same fault by either way of encoding."""
    setattr(contact, field.attribute, wrong)
    codec, selection = JsonCodec(), Selection.parse(",".join(paths) or ",")
    selected = outcome(lambda: codec.encode(contact, selection=selection))
    assert selected == outcome(lambda: codec.encode(selection.apply(contact)))


@given(NODES, SELECTIONS, UNSELECTED)
def test_applying_twice_is_applying_once(node, selection, unselected):
    """Applying a selection twice gives what applying it once does."""
    once = selection.apply(node, unselected=unselected)
    assert selection.apply(once, unselected=unselected) == once


@given(SELECTIONS | st.builds(and_, SELECTIONS, SELECTIONS) | st.builds(or_, SELECTIONS, SELECTIONS))
def test_the_text_gives_the_selection_again(selection):
    """Parsing a selection's text gives an equal selection with the same paths, however it was made."""
    again = Selection.parse(str(selection), Node)
    assert again == selection
    assert hash(again) == hash(selection)
    assert str(again) == str(selection)


@given(SELECTIONS, SELECTIONS, SELECTIONS)
def test_selections_are_a_lattice(one, other, third):
    """Union and intersection commute, associate, absorb and distribute, and agree with `<=`."""
    assert one | other == other | one
    assert one & other == other & one
    assert (one | other) | third == one | (other | third)
    assert (one & other) & third == one & (other & third)
    assert one | (one & other) == one == one & (one | other)
    assert one & (other | third) == (one & other) | (one & third)
    assert (one <= other) == (one | other == other) == (one & other == one)


@given(NODES, SELECTIONS, SELECTIONS)
def test_a_union_selects_what_either_does(node, one, other):
    """Applying a larger selection first does not change what a selection leaves."""
    union = (one | other).apply(node, unselected="omit")
    assert one.apply(union, unselected="omit") == one.apply(node, unselected="omit")
    assert other.apply(union, unselected="omit") == other.apply(node, unselected="omit")


@given(NODES, SELECTIONS, SELECTIONS)
def test_an_intersection_selects_what_both_do(node, one, other):
    """Applying either selection and then the intersection gives what the intersection gives."""
    both = one & other
    assert both.apply(one.apply(node)) == both.apply(node)
    assert both.apply(other.apply(node)) == both.apply(node)


@given(SELECTIONS, SELECTIONS, tokens_of(kind_of(Node)))
def test_paths_are_in_unions_and_intersections(one, other, tokens):
    """A path is in an intersection if it is in both, and in a union if it is in either."""
    path = spelled(tokens)
    assert (path in (one & other)) == (path in one and path in other)
    assert path in (one | other) or (path not in one and path not in other)


@given(st.text(alphabet="name,/~01 2cutoFiIds:\té"))
def test_any_text_is_a_selection_or_says_why_not(text):
    """Any text gives a selection with a canonical text, or faults in order, with positions inside the text."""
    try:
        selection = Selection.parse(text)
    except ContactWireError as error:
        positions = [fault.position for fault in error.faults]
    else:
        positions = []
        assert Selection.parse(str(selection)) == selection
    assert positions == sorted(positions)
    assert all(0 <= position <= len(text) for position in positions)


@given(CONTACTS, CONTACT_PATHS)
def test_selected_carriers_are_shared(contact, paths):
    """A value that is selected as a whole is the original's own object."""
    selection = Selection.parse(",".join(paths) or ",")
    result = selection.apply(contact)
    for field in plan_of(ContactEntityWithLinks).fields:
        if field.name in selection and nested_carrier(field.kind):
            assert getattr(result, field.attribute) is getattr(contact, field.attribute)
