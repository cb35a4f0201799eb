"""Aligning two lists: which items stay, which change in place, and which are removed or added.

Each item is represented by a key, its JSON text: items with equal keys are equal. ::

    ["a", "b", "c"] and ["b", "x"] can align as [(1, 0), (2, 1)]: "a" is removed, "b" stays, "c" becomes "x"
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
    """Whether there is more than one sensible alignment: both lists have items, and one list has several."""
    return bool(old and new) and len(old) + len(new) > 2


def single(keys: list[bytes]) -> frozenset[bytes]:
    """The keys that occur once. Of equal items, the alignment alone would tell which one moves."""
    return frozenset([key for key, times in Counter(keys).items() if times == 1])


def by_cost(removing: Sequence[int], adding: Sequence[int], changing: Callable[[int, int], int]) -> Alignment:
    """The alignment of the lowest total cost.

    `removing` has the cost of removing each old item, `adding` that of adding each new item, and `changing(i, j)` gives that
    of changing old item `i` into new item `j`. The algorithm is the edit distance of Wagner and Fischer; it takes time and
    space in the product of the two lengths.
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
    """Pairs of equal items, as many as possible, in ascending order in both lists; takes n log n steps.

    An item's first occurrence matches the first one in the other list, its second the second. Of these matches it finds the
    longest increasing subsequence (patience sorting).
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
