"""Keys that name one concept, put together step by step, each step with its witness.

The witnesses: `curation` (the user's own decision), `glossary`, `gloss` (a text has one name in brackets after the
other), `said` (a text says it in words), `acronym` (a text has the long form beside it), `initials` (the letters of the
only such name, in the same sources), `variant: ...` (a form of the same words), `abridged: ...` (the same with an
acronym for its words), `composed: ...` (a Chinese name of the same pieces).
"""

from collections.abc import Iterable, Sequence

from kg.model import Merge

IN_TEXT = frozenset({"gloss", "said", "acronym"})  # witnesses that stand in a passage


class Families:
    """Disjoint sets of keys, with the merges that made them: those of a family form a tree over its keys."""

    def __init__(self) -> None:
        """Begin with each key by itself."""
        self._leader: dict[str, str] = {}  # of those that are not by themselves
        self._members: dict[str, list[str]] = {}  # by leader
        self._apart: set[frozenset[str]] = set()
        self._merges: dict[str, list[Merge]] = {}  # by leader

    def leader(self, key: str) -> str:
        """Return the key that stands for the family."""
        return self._leader.get(key, key)

    def members(self, key: str) -> Sequence[str]:
        """Return the family of a key."""
        return self._members.get(self.leader(key)) or (key,)

    def merges(self, key: str) -> Sequence[Merge]:
        """Return the steps that made the family of a key: one fewer than it has keys."""
        return self._merges.get(self.leader(key), ())

    def keep_apart(self, keys: Sequence[str]) -> None:
        """From now on no family holds two of these keys."""
        self._apart |= {frozenset((a, b)) for a in keys for b in keys if a != b}

    def join(self, left: str, right: str, witness: str) -> bool:
        """Make one family of two; return whether they are one now."""
        a, b = sorted((self.leader(left), self.leader(right)), key=lambda key: (-len(self.members(key)), key))
        if a == b:
            return True
        if self._apart and any(frozenset((x, y)) in self._apart for x in self.members(a) for y in self.members(b)):
            return False
        family = self._members.setdefault(a, [a])
        family += self._members.pop(b, [b])
        for member in family:
            self._leader[member] = a
        self._merges.setdefault(a, []).extend((*self._merges.pop(b, ()), Merge(right, left, witness)))
        return True

    def several(self) -> Iterable[Sequence[str]]:
        """Return the families of more than one key. What is joined later joins the same sequences."""
        return self._members.values()


def led_from(root: str, merges: Sequence[Merge]) -> tuple[Merge, ...]:
    """Return the same merges turned so that each leads from a key towards `root`, sorted by key."""
    if not merges:
        return ()
    beside: dict[str, list[Merge]] = {}
    for merge in merges:
        beside.setdefault(merge.key, []).append(merge)
        beside.setdefault(merge.other, []).append(Merge(merge.other, merge.key, merge.witness))
    turned: dict[str, Merge] = {}
    waiting = [root]
    while waiting:
        here = waiting.pop()
        for merge in beside.get(here, ()):
            if merge.other != root and merge.other not in turned:
                turned[merge.other] = Merge(merge.other, here, merge.witness)
                waiting.append(merge.other)
    return tuple(turned[key] for key in sorted(turned))
