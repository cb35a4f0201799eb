"""Lining up two lists: which items stay, which change in place, which come and go.

An alignment is a list of index pairs, ascending in both lists; items in no pair are removed or added. Items are compared by
a key each, equal for items that are written alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

__all__ = ["Alignment", "by_anchors", "by_blocks", "by_cost", "by_position"]

Alignment = list[tuple[int, int]]


def by_position(before: int, after: int) -> Alignment:
    """Each item with the one at its place."""
    return [(index, index) for index in range(min(before, after))]


def by_anchors(before: Sequence[bytes], after: Sequence[bytes]) -> Alignment:
    """Equal items stay where their order allows; between two that stay, the rest pairs up in order.

    In n log n: an item's first occurrence matches the first one in the other list, its second the second, and of these
    matches the longest ascending sequence stays.
    """
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for index in range(len(after) - 1, -1, -1):
        places[after[index]].append(index)
    matches = [(index, places[key].pop()) for index, key in enumerate(before) if places.get(key)]
    return _filled(_longest_ascending(matches), len(before), len(after))


def by_blocks(before: Sequence[bytes], after: Sequence[bytes]) -> Alignment:
    """Like `by_anchors`, but what stays are the longest runs of equal items, as difflib finds them; cubic at worst."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    anchors = [(i + step, j + step) for i, j, size in matcher.get_matching_blocks() for step in range(size)]
    return _filled(anchors, len(before), len(after))


def _longest_ascending(matches: Alignment) -> Alignment:
    """The longest part of `matches` (ascending in the first index) that ascends in the second as well."""
    ends: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for place, (_, index) in enumerate(matches):
        length = bisect_left(ends, index)
        previous.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [index]
        last[length : length + 1] = [place]
    chosen: Alignment = []
    place = last[-1] if last else -1
    while place >= 0:
        chosen.append(matches[place])
        place = previous[place]
    return chosen[::-1]


def _filled(anchors: Alignment, before: int, after: int) -> Alignment:
    """The anchors, and between each two of them the items in pairs as far as both lists have some."""
    pairs: Alignment = []
    old = new = 0
    for i, j in [*anchors, (before, after)]:
        pairs += zip(range(old, i), range(new, j), strict=False)
        pairs.append((i, j))
        old, new = i + 1, j + 1
    return pairs[:-1]


def by_cost(removing: Sequence[int], adding: Sequence[int], changing: Callable[[int, int], int]) -> Alignment:
    """The alignment that costs least in all: what removing or adding each item costs, and changing one into another.

    Takes time and space in the product of the two lengths (the edit distance of Wagner and Fischer).
    """
    row = [0]
    for cost in adding:
        row.append(row[-1] + cost)
    choices: list[list[int]] = []
    for i, gone in enumerate(removing):
        above, row = row, [row[0] + gone]
        chosen: list[int] = []
        for j, come in enumerate(adding):
            costs = (above[j] + changing(i, j), above[j + 1] + gone, row[j] + come)
            row.append(min(costs))
            chosen.append(costs.index(row[-1]))
        choices.append(chosen)
    return _traced(choices)


def _traced(choices: list[list[int]]) -> Alignment:
    pairs: Alignment = []
    i, j = len(choices) - 1, len(choices[0]) - 1 if choices else -1
    while i >= 0 and j >= 0:
        choice = choices[i][j]
        if choice == 0:
            pairs.append((i, j))
        i, j = i - (choice != 2), j - (choice != 1)
    return pairs[::-1]
