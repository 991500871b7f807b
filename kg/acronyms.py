"""What the texts read an acronym as, and where that is not what the glossary has. Pure."""

import collections
from collections.abc import Collection, Mapping, Sequence

from kg.candidates import Candidate, Pairs
from kg.composed import stems
from kg.glossary import Entry
from kg.names import counted_out, initials, is_acronym, is_han, key, words
from kg.vocabulary import commonness

WORD = 3.2  # on the Zipf scale: lime 3.9, raft 3.5, swag 3.2; elmo 3.0, lstm not at all
AT_HOME = 3


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
    """Return the glossary without the acronyms that the texts mean something else by; the user's own entries as is.

    Either they give it another long form: one with just its initials, as ours has, and other words (a looser form may
    be the same idea: Robustly Optimized BERT Approach). Or they never write it in capitals, and it is a word: the lime
    of a recipe is no LIME, and Raft no RAFT. Or it stands alone in texts of another field (`_abroad`): there KDE is a
    desktop.
    """
    read_as = readings(found, pairs)
    result = []
    for entry in glossary:
        short = [name for name in entry.names if is_acronym(name) and key(name) in found and not entry.own]
        refuted = {
            name for name in short if _is_word(found[key(name)]) or _is_refuted(name, entry, found, read_as[key(name)])
        }
        result.append(_without(entry, refuted) if refuted else entry)
    return _abroad(result, found)


def _abroad(glossary: Sequence[Entry], found: Mapping[str, Candidate]) -> tuple[Entry, ...]:
    """Return the glossary without the acronyms that are all that the texts have of an entry, unless it is at home here.

    At home it is where texts write out AT_HOME entries, or more, for one that they have as an acronym alone. That is so
    of 61 of 62 articles on its field, each taken by itself, and of 3 of 16 manuals of other fields.
    """
    written_out = sum(any(_is_long(name) and key(name) in found for name in entry.names) for entry in glossary)
    alone = {}
    for place, entry in enumerate(glossary):
        here = [name for name in entry.names if key(name) in found]
        if here and not entry.own and all(map(is_acronym, here)):
            alone[place] = here
    if written_out >= AT_HOME * len(alone):
        return tuple(glossary)
    return tuple(_without(entry, alone.get(place, ())) for place, entry in enumerate(glossary))


def _is_long(name: str) -> bool:
    return len(key(name)) >= 3 if is_han(name) else len(words(name)) > 1 and not is_acronym(name)


def _without(entry: Entry, refuted: Collection[str]) -> Entry:
    en, zh = ("" if name in refuted else name for name in (entry.en, entry.zh))
    return Entry(en, zh, tuple(alias for alias in entry.aliases if alias not in refuted), entry.own)


def _is_word(candidate: Candidate) -> bool:
    return commonness(candidate.surface.lower(), "en") >= WORD and not any(map(is_acronym, candidate.surfaces))


def _is_refuted(short: str, entry: Entry, found: Mapping[str, Candidate], told: Mapping[str, int]) -> bool:
    letters = counted_out(key(short))
    ours = {stems(name) for name in entry.names if initials(words(name)) == letters}
    theirs = {stems(found[long].surface) for long in told if initials(found[long].words) == letters}
    return bool(ours and theirs) and len(theirs) == len(told) and ours.isdisjoint(theirs)
