"""What the texts read an acronym as, and where that is not what the glossary has. Pure."""

import collections
import dataclasses
from collections.abc import Mapping, Sequence

from kg.candidates import Candidate, Pairs
from kg.composed import stems
from kg.glossary import Entry
from kg.names import counted_out, initials, is_acronym, is_han, key, words


def is_short(candidate: Candidate) -> bool:
    """Tell whether a candidate is mostly written as an acronym."""
    return is_acronym(candidate.surface)


def readings(found: Mapping[str, Candidate], pairs: Pairs) -> Mapping[str, collections.Counter[str]]:
    """Return the long forms that texts give each acronym, with how often."""
    read_as: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for (left, right), (count, _) in pairs.items():
        for short, long in ((left, right), (right, left)):
            if is_han(long) or len(long) <= len(short) or short not in found or long not in found:
                continue
            if is_short(found[short]) and not is_short(found[long]):
                read_as[short][long] += count
    return read_as


def as_texts_have_it(glossary: Sequence[Entry], found: Mapping[str, Candidate], pairs: Pairs) -> tuple[Entry, ...]:
    """Return the glossary without the acronyms that the texts give to something else.

    Only where both long forms have just these initials, and other words: a looser form may be the same idea
    (Robustly Optimized BERT Approach), one with the same initials and other words is not (annotated corpus tool).
    """
    read_as = readings(found, pairs)
    result = []
    for entry in glossary:
        refuted = {alias for alias in entry.aliases if _is_refuted(alias, entry, found, read_as.get(key(alias), ()))}
        kept = tuple(alias for alias in entry.aliases if alias not in refuted)
        result.append(dataclasses.replace(entry, aliases=kept) if refuted else entry)
    return tuple(result)


def _is_refuted(alias: str, entry: Entry, found: Mapping[str, Candidate], told: Mapping[str, int] | tuple[()]) -> bool:
    if not told or not is_acronym(alias):
        return False
    letters = counted_out(key(alias))
    ours = {stems(name) for name in entry.names if initials(words(name)) == letters}
    theirs = {stems(found[long].surface) for long in told if initials(found[long].words) == letters}
    return bool(ours and theirs) and len(theirs) == len(told) and ours.isdisjoint(theirs)
