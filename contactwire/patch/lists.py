"""Lining up two lists: which items stay, which change in place, which come and go.

Items are compared by a key each, equal for items that are written alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Alignment", "anchors", "by_cost", "is_choice", "single"]

Alignment = list[tuple[int, int]]
"""Pairs of indexes, ascending in both lists; items in no pair are removed or added."""


def is_choice(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether items can be lined up in more than one way that makes sense."""
    return bool(old and new) and len(old) + len(new) > 2


def single(keys: list[bytes]) -> frozenset[bytes]:
    """Those that stand there once: of several it is not known before they are lined up which one moves."""
    return frozenset([key for key, times in Counter(keys).items() if times == 1])


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


def anchors(before: Sequence[bytes], after: Sequence[bytes]) -> Alignment:
    """The longest row of equal items that ascends in both lists, in n log n.

    An item's first occurrence matches the first one in the other list, its second the second.
    """
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for index in range(len(after) - 1, -1, -1):
        places[after[index]].append(index)
    matches = [(index, places[key].pop()) for index, key in enumerate(before) if places.get(key)]
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
