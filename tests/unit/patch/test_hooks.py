"""The hooks of a class run when a patch changes a carrier, as they do when one is constructed."""

import attrs
import pytest

from contactwire import UNSET, Carrier, Int32, JsonPatch, Maybe, MergePatch, Selection, ValidationError


def at_most_two(carrier, attribute, value):
    """A validator of short lists and dictionaries."""
    if value and len(value) > 2:
        raise ValueError(f"{attribute.name} has more than two")


class Span(Carrier):
    """A carrier with a rule about two of its properties, and one that is derived from them."""

    low: Maybe[Int32] = UNSET
    high: Maybe[Int32] = UNSET
    size: Maybe[Int32] = UNSET

    def __attrs_post_init__(self):
        """Refuse what is upside down."""
        if self.low and self.high:
            if self.high < self.low:
                raise ValueError("high is below low")
            self.size = self.high - self.low


class Box(Carrier):
    """A carrier that holds such carriers, and has rules about what it holds."""

    span: Maybe[Span] = UNSET
    spans: Maybe[list[Span]] = attrs.field(default=UNSET, validator=at_most_two)
    by_name: Maybe[dict[str, Span]] = attrs.field(default=UNSET, validator=at_most_two)
    names: Maybe[list[str]] = attrs.field(default=UNSET, converter=lambda names: names and sorted(names))


def box():
    """A box with a span in each place."""
    return Box(span=Span(low=3), spans=[Span(low=3), Span(low=3)], by_name={"a/b": Span(low=3)}, names=["b", "d"])


PLACES = ["/span", "/spans/1", "/byName/a~1b"]


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize("place", PLACES)
def test_the_rule_of_a_class_is_asked_of_what_a_patch_changes(place, dialect):
    """What `__attrs_post_init__` refuses is a fault at the carrier's pointer, and what it derives is there."""
    patch = JsonPatch.parse([{"op": "add", "path": f"{place}/High", "value": 2}], dialect)
    target = box()
    with pytest.raises(ValidationError) as caught:
        patch.apply(target)
    assert [(issue.pointer.lower(), issue.message) for issue in caught.value.issues] == [
        (place.lower(), "high is below low")
    ]
    assert target == box()
    patch = JsonPatch.parse([{"op": "add", "path": f"{place}/High", "value": 7}], dialect)
    changed = patch.apply(target)
    assert [each.size for each in (changed.span, changed.spans[1], changed.by_name["a/b"])].count(4) == 1


@pytest.mark.parametrize("dialect", ["rfc", "server"])
def test_the_rule_of_a_class_is_asked_of_what_a_merge_patch_changes(dialect):
    """A merge patch has each fault of the carriers that it changes, at their pointers; the document has its own."""
    patch = MergePatch.parse({"span": {"high": 2}, "byName": {"a/b": {"high": 1}}}, dialect)
    with pytest.raises(ValidationError) as caught:
        patch.apply(box())
    assert {issue.pointer for issue in caught.value.issues} == {"/Span", "/ByName/a~1b"}
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"high": 2}, dialect).apply(Span(low=3))
    assert [issue.pointer for issue in caught.value.issues] == [""]
    assert MergePatch.parse({"high": 9}, dialect).apply(Span(low=3)).size == 6


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "add", "path": "/low", "value": 9}, {"op": "add", "path": "/high", "value": 10}],
        [{"op": "add", "path": "/high", "value": 1}, {"op": "replace", "path": "/high", "value": 5}],
    ],
)
def test_the_rule_of_a_class_is_about_the_result(operations):
    """Between two operations a carrier may break the rule of its class."""
    assert JsonPatch.parse(operations).apply(Span(low=3, high=4)).size in (1, 2)


def test_what_a_patch_takes_out_is_not_asked():
    """A carrier that a patch changes and then removes has no faults, and neither has one that it does not touch."""
    with attrs.validators.disabled():
        target = box()
    target.span.high = 1
    broken = [{"op": "add", "path": "/spans/0/high", "value": 1}, {"op": "remove", "path": "/spans/0"}]
    assert JsonPatch.parse(broken).apply(target).spans == [Span(low=3)]


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [("/spans/-", {}, "/Spans"), ("/byName/c", {}, "/ByName"), ("/byName/c/low", 1, "/ByName")],
)
def test_a_validator_is_asked_when_items_change(path, value, pointer):
    """A property's validator gets the list or dictionary as it is when all operations are done."""
    operations = [{"op": "add", "path": path, "value": value}]
    more = [{"op": "add", "path": path.replace("/c", "/d"), "value": value}]
    with pytest.raises(ValidationError) as caught:
        JsonPatch.parse(operations + more).apply(box())
    assert [issue.pointer for issue in caught.value.issues] == [pointer]
    removed = [{"op": "remove", "path": pointer.lower() + ("/0" if pointer == "/Spans" else "/c")}]
    if pointer == "/Spans":
        assert len(JsonPatch.parse(operations + removed).apply(box()).spans) == 2


def test_a_converter_gets_the_changed_list():
    """A property's converter gets the list as it is when all operations are done, so that none of them is lost."""
    operations = [{"op": "add", "path": "/names/-", "value": "c"}, {"op": "add", "path": "/names/-", "value": "a"}]
    assert JsonPatch.parse(operations).apply(box()).names == ["a", "b", "c", "d"]


def test_a_part_of_a_carrier_has_no_rules():
    """No hook runs for what a selection returned, since what was not selected is not there."""

    class Named(Span):
        """One with a required property."""

        name: str

    part = Selection.parse("low,high", Named).apply(Named(name="a", low=3), unselected="omit")
    assert JsonPatch.parse([{"op": "add", "path": "/high", "value": 1}]).apply(part).high == 1
    assert MergePatch.parse({"high": 1}).apply(part).high == 1


def test_a_rule_of_a_class_looks_at_everything():
    """A patch of a carrier whose class has `__attrs_post_init__` may read any of its attributes."""
    for patch in (MergePatch.parse({"low": 1}), JsonPatch.parse([{"op": "remove", "path": "/low"}])):
        assert patch.touches(Span) is None
    assert MergePatch.parse({"span": {}}).touches(Box) == {"span"}
