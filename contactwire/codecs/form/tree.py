"""The pairs of a form, collected in a tree of the steps of their keys, whatever the keys mean.

A node maps each step to a branch: another node, or the number of the only pair whose key begins so and ends there. Under
`SELF` a node has the numbers of the pairs whose keys end at the node itself. So

    Name=a&Domains=x&Domains=y&Emails[0].Value=v&Emails=

is `{"Name": 0, "Domains": {SELF: [1, 2]}, "Emails": {0: {"Value": 3}, SELF: [4]}}`. The numbers say which pair came first.

Most keys differ from an earlier one in their last step only. So a tree remembers the nodes of the beginnings of its keys.
"""

from __future__ import annotations

from typing import Any, Final

from contactwire.codecs.form.keys import END, KeyTooLarge, Limits, OpenBracket, Step, last_step, steps
from contactwire.codecs.form.text import split
from contactwire.wire import fold

__all__ = [
    "SELF",
    "Branch",
    "Node",
    "Tree",
    "items_and_entries",
    "items_and_members",
    "merged",
    "numbers",
    "parted",
]

Node = dict[Any, Any]
Branch = int | Node

SELF: Final = object()

_PARTS = {"key": "Key", "value": "Value"}
_USUAL_ITEM = {*_PARTS.values()}

# The memory for the beginnings of a key grows with the square of its length. The keys of real senders are shorter than this.
_LONGEST_REMEMBERED = 256


class Tree:
    """The tree of the pairs of a form, as `text.pairs` returns them; `sign` separates name and value.

    `root` is its outermost node, and `values` are the values of the pairs by number. `open` are the numbers of the pairs
    whose keys have an open bracket, and which are therefore not in the tree. Raises `KeyTooLarge` for a key over a limit.
    """

    def __init__(self, pairs: list[str], sign: str, limits: Limits) -> None:
        self.root: Node = {}
        self.values: list[str] = []
        self.open: list[int] = []
        self._pairs, self._sign, self._limits = pairs, sign, limits
        self._nodes: dict[str, Node] = {"": self.root}
        self._objects = 0
        self._grow()

    def key(self, number: int) -> str:
        """The key of a pair."""
        return split(self._pairs[number], self._sign)[0]

    def _grow(self) -> None:
        sign, node_of, add_value = self._sign, self._nodes.get, self.values.append
        limit, longest = 2 * self._limits.max_depth, self._limits.max_key_length
        for number, pair in enumerate(self._pairs):
            key, _, value = pair.partition(sign)
            if len(key) > longest:
                raise KeyTooLarge(f"a key is longer than the {longest} characters that are allowed", "a shorter key", number)
            add_value(value.replace(sign, "=") if sign in value else value)
            if key[-1:] == "]" and "[" in key:
                above, mark, name = key[:-1].rpartition("[")
            else:
                above, mark, name = key.rpartition(".")
            # `.Name` has an empty name in front of the dot, so its node is not the root: look up the mark, which finds none.
            node = node_of(above or mark)
            # An identifier is a whole name, since it has no brackets and dots, and no index.
            if name.isidentifier():
                if node is None and above:
                    node = self._find(above, limit)
                if node is not None and name not in node:
                    node[name] = number
                    continue
            self._add(key, number)

    def _add(self, key: str, number: int) -> None:
        try:
            above, step = last_step(key)
            node = self._find(above, 2 * self._limits.max_depth)
            if node is None:
                *before, step = steps(key)
                node = self._walk(before, number)
        except OpenBracket:
            self.open.append(number)
            return
        branch = node.get(step)
        if branch is None:
            node[step] = number
        elif isinstance(branch, int):
            node[step] = {SELF: [branch, number]}
        else:
            branch.setdefault(SELF, []).append(number)

    def _find(self, key: str | None, limit: int) -> Node | None:
        """The node of a key, created if it is missing.

        None if `last_step` does not tell the key or one above it, or if it has more than `limit` steps behind a remembered
        one; then `steps` has to take the whole key apart.
        """
        if key is None:
            return None
        node = self._nodes.get(key)
        if node is None and limit > 0:
            above, step = last_step(key)
            around = self._find(above, limit - 1)
            if around is not None:
                node = self._inside(around, step)
                if len(key) <= _LONGEST_REMEMBERED:
                    self._nodes[key] = node
        return node

    def _walk(self, steps: list[Step], number: int) -> Node:
        # An entry of a dictionary takes two steps, an index and `Value`, for one level.
        if len(steps) > 2 * self._limits.max_depth:
            raise KeyTooLarge(f"nesting is deeper than {self._limits.max_depth}", "less nesting", number)
        node = self.root
        for step in steps:
            node = self._inside(node, step)
        return node

    def _inside(self, node: Node, step: Step) -> Node:
        """The node behind a step, created if there is none; raises `KeyTooLarge` over `max_objects`."""
        branch: Branch | None = node.get(step)
        if isinstance(branch, dict):
            return branch
        self._objects += 1
        if self._objects > self._limits.max_objects:
            message = f"the keys have more than the {self._limits.max_objects} objects and lists that are allowed"
            raise KeyTooLarge(message, "fewer objects and lists", len(self.values) - 1)
        inside: Node = {} if branch is None else {SELF: [branch]}
        node[step] = inside
        return inside


def numbers(branch: Branch) -> list[int]:
    """The numbers of all pairs in a branch, in order."""
    found: list[int] = []
    waiting = [branch]
    for inner in waiting:
        said, inside = parted(inner)
        found += said
        waiting += inside.values()
    return sorted(found)


def merged(branches: list[Branch]) -> Branch:
    """One branch with the pairs of several branches."""
    if len(branches) == 1:
        return branches[0]
    ended: list[int] = []
    groups: dict[Any, list[Branch]] = {}
    for said, inside in map(parted, branches):
        ended += said
        for step, inner in inside.items():
            groups.setdefault(step, []).append(inner)
    found = {step: merged(group) for step, group in groups.items()}
    return {SELF: sorted(ended), **found} if ended else found


def parted(branch: Branch) -> tuple[list[int], Node]:
    """The numbers of the pairs whose keys end at a branch, and the node with the steps behind it."""
    if isinstance(branch, int):
        return [branch], {}
    said: list[int] = branch.get(SELF, [])
    return said, {step: inner for step, inner in branch.items() if step is not SELF} if said else branch


def items_and_members(inside: Node) -> tuple[dict[int, Branch], dict[str, Branch]]:
    """The branches behind indexes, as a list has them, and those behind names, as an object has them."""
    items = {step: inner for step, inner in inside.items() if isinstance(step, int)}
    return items, {step: inner for step, inner in inside.items() if isinstance(step, str)}


def items_and_entries(node: Node) -> tuple[dict[int, Node], dict[str, Branch]]:
    """The entries of a dictionary in its two spellings: by index, `[0].Key` and `[0].Value`, and by key, `[k]`."""
    items: dict[int, Node] = {}
    entries: dict[str, list[Branch]] = {}
    for step, inner in node.items():
        if isinstance(step, int) and isinstance(inner, dict):
            item, others = _parts(inner)
            if item:
                items[step] = item
            if others:
                entries.setdefault(str(step), []).append(others)
        elif step is not END:
            entries.setdefault(str(step), []).append(inner)
    return items, {key: merged(group) for key, group in entries.items()}


def _parts(node: Node) -> tuple[Node, Node]:
    """The branches "Key" and "Value" of a dictionary's item, in any letter case, and all others."""
    if node.keys() == _USUAL_ITEM and isinstance(node["Key"], int):
        return node, {}
    parts: dict[str, list[Branch]] = {}
    others: Node = {}
    for step, inner in node.items():
        part = _PARTS.get(fold(step), "") if isinstance(step, str) else ""
        if part == "Key":  # with something inside, it is a member of the value that has the index for its key
            said, inside = parted(inner)
            if inside:
                others[step] = inside
            if said:
                parts.setdefault(part, []).append({SELF: said})
        elif part:
            parts.setdefault(part, []).append(inner)
        else:
            others[step] = inner
    return {part: merged(group) for part, group in parts.items()}, others
