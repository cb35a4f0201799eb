"""The steps of a difference, and how a removal and an addition of one value become a move."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from contactwire.patch.values import canonical, text_of, thaw
from contactwire.wire import Kind

__all__ = ["Path", "Step", "ways_to_move"]

Path = tuple[str | int, ...]
"""A place: names as text, places in lists as numbers."""

_MOST_STEPS, _MOST_REJOINED = 1000, 50


class Step(NamedTuple):
    """One operation of a difference, valid in the document that the steps before it lead to.

    `value` is frozen JSON: what an `add` or `replace` writes, what a `move` moves. `gone` is what a `remove` or `replace`
    takes away, with its kind; `later` is where that of a `replace` stands in the end; `source` is where a `move` is from.
    """

    op: str
    path: Path
    value: bytes | None = None
    gone: tuple[Kind | None, Any] | None = None
    later: Path | None = None
    source: Path | None = None


def ways_to_move(early: list[Step], adds: list[Step]) -> list[list[Step]]:
    """The steps, early ones first, and other ways to do the same that write less anew, if there are any.

    What one step takes away and another brings is moved. A `replace` of an item can do both: in the last way it is split in
    two where that helps. Takes time in the product of steps and moves, so over 1,000 steps stay as they are.
    """
    steps = early + adds
    if len(steps) > _MOST_STEPS:
        return [steps]
    came = [b"" if step.value is None else canonical(thaw(step.value)) for step in steps]
    went = [b"" if step.gone is None else text_of(*step.gone) for step in steps]
    movable = {*came} & {*went} - {b""}
    if not movable:
        return [steps]
    ways = [steps, _with_moves(steps)]
    helpful = [_is_item(step.later) and not movable.isdisjoint(keys) for step, *keys in zip(steps, came, went, strict=True)]
    if any(helpful):
        ways.append(_with_moves(_split(early, adds, helpful)))
    return ways


def _is_item(path: Path | None) -> bool:
    return path is not None and path != () and isinstance(path[-1], int)


def _split(early: list[Step], adds: list[Step], chosen: list[bool]) -> list[Step]:
    """The steps with a `remove` and an `add` for each `replace` that is chosen."""
    first, second = [], list(adds)
    for step, is_chosen in zip(early, chosen, strict=False):
        if is_chosen and step.later is not None:
            first.append(Step("remove", step.path, None, step.gone))
            second.append(Step("add", step.later, step.value))
        else:
            first.append(step)
    # The order of members is free, that of items is theirs in the end.
    return first + sorted(second, key=lambda step: step.path)


def _with_moves(steps: list[Step]) -> list[Step]:
    """The same change where each value that is removed first and added later, as long as there are some, is moved."""
    removed: defaultdict[bytes, list[Step]] = defaultdict(list)
    for step in steps:
        if step.op == "remove" and step.gone is not None:
            removed[text_of(*step.gone)].append(step)
    for step in [step for step in steps if step.op == "add"]:
        candidates = removed[canonical(thaw(step.value or b""))]
        if candidates:
            steps = _joined(steps, candidates.pop(), step, moving=True)
    return _rejoined(steps)


def _rejoined(steps: list[Step]) -> list[Step]:
    """The steps with a `replace` for each `remove` and `add` that come to the same place."""
    if len(steps) > _MOST_REJOINED:
        return steps
    for addition in [step for step in steps if step.op == "add"]:
        removals = [step for step in steps if step.op == "remove" and len(step.path) == len(addition.path)]
        ways = (_joined(steps, gone, addition, moving=False, in_front=side) for gone in removals for side in (False, True))
        steps = next((joined for joined in ways if joined is not steps), steps)
    return steps


def _joined(steps: list[Step], removal: Step, addition: Step, *, moving: bool, in_front: bool = False) -> list[Step]:
    """The steps without a removal, and with one move where an addition of the same value was.

    If not `moving`, the values are two, and a `replace` stands where the removal was. Where that cannot be done, the very
    same steps. What is added at the place of the value that is still there comes behind it, or `in_front`.
    """
    start = next(index for index, step in enumerate(steps) if step.gone is removal.gone)
    stop = next(index for index, step in enumerate(steps) if step is addition)
    place, between = steps[start].path, []
    for step in steps[start + 1 : stop]:
        if step.path == place and isinstance(place[-1], str):
            # Another value takes the member's place before it could be moved.
            return steps
        step, place = _around(step, place, in_front)
        between.append(step)
    target = addition.path
    if target == place:
        replaced = [] if moving else [Step("replace", removal.path, addition.value)]
        return [*steps[:start], *replaced, *between, *steps[stop + 1 :]]
    # RFC 6902 §4.4: "The "from" location MUST NOT be a proper prefix of the "path" location".
    if not moving or target[: len(place)] == place:
        return steps
    return [*steps[:start], *between, Step("move", target, addition.value, source=place), *steps[stop + 1 :]]


def _around(step: Step, place: Path, in_front: bool) -> tuple[Step, Path]:
    """A step for a document that still has the value at `place`, and the value's place after it."""
    if step.source is not None:
        source = _beside(step.source, place)
        place = _shifted(place, source, -1)
        step = step._replace(source=source)
    coming = step.op in ("add", "move")
    path = step.path if in_front and coming and step.path == place else _beside(step.path, place)
    if step.op != "replace":
        place = _shifted(place, path, 1 if coming else -1)
    return step._replace(path=path), place


def _beside(path: Path, place: Path) -> Path:
    """A path of the document without the item at `place`, for the document with it."""
    depth, index = len(place) - 1, place[-1]
    at = path[depth] if len(path) > depth and path[:depth] == place[:depth] else None
    if isinstance(index, int) and isinstance(at, int) and at >= index:
        return (*path[:depth], at + 1, *path[depth + 1 :])
    return path


def _shifted(place: Path, path: Path, by: int) -> Path:
    """A place after an item was added (`by` 1) or removed (-1) at `path`."""
    depth, index = len(path) - 1, path[-1]
    at = place[depth] if len(place) > depth and place[:depth] == path[:depth] else None
    if isinstance(index, int) and isinstance(at, int) and at >= index:
        return (*place[:depth], at + by, *place[depth + 1 :])
    return place
