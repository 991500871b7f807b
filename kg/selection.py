"""Which candidates are worth a node: firm on general words, clipped names, furniture and chance. Pure."""

from collections.abc import Sequence

from kg import ranking
from kg.evidence import POINTING, Candidate
from kg.names import is_acronym, is_han, words

_MIN_SCORE = 2.5
_OWN_HAN = 4  # characters: most Chinese words have two, so these are two words


def is_term(candidate: Candidate, total: int) -> bool:
    """Tell whether a candidate may be a concept at all; `total` is the number of mentions in the library."""
    count = candidate.count
    whole = candidate.cues.get("whole", 0)
    is_name = candidate.cues.get("name", 0) * 2 > count
    if whole == 0 or (whole < 0.12 * count and not is_name):
        return False  # clipped: it stands almost only inside longer names. But LDAP is more than the LDAP server
    if candidate.cues.get("person", 0) * 3 > count or _is_venue(candidate):
        return False
    pointed = sum(candidate.cue_urls.get(cue, 0) for cue in POINTING)
    sources = len(candidate.urls)
    if is_name:
        return count > 1 or pointed > 1
    if candidate.cues.get("single", 0) * 2 > count:
        outstanding = ranking.contrast(candidate, total)
        if pointed > 1:
            return outstanding > 0
        if candidate.cues.get("verb", 0) * 4 > count:
            return False
        return outstanding > 1 and count >= (2 if pointed else 4) and (sources > 1 or count >= (4 if pointed else 6))
    if pointed > 1:
        return True
    loose = candidate.cues.get("general", 0) + candidate.cues.get("weak", 0)
    if loose > 1.5 * count:
        return pointed > 0 and whole >= 8  # a weak word and general ones: 具体任务, specific task; not virtual machine
    if loose * 2 > count:
        return sources > 2 and whole >= 4
    return (sources > 1 and count >= 3 and whole >= 2) or whole >= 5 or (pointed > 0 and count >= 2)


def _is_venue(candidate: Candidate) -> bool:
    """Tell whether it is a place where papers appear: ICLR 2017."""
    return candidate.cues.get("dated", 0) * 3 > candidate.count and is_acronym(candidate.surface)


def is_kept(members: Sequence[Candidate]) -> bool:
    """Tell whether a concept with these spellings has evidence enough for a node."""
    count = sum(member.count for member in members)
    return count >= 2 and ranking.score(members) >= _MIN_SCORE


def is_own_name(surface: str) -> bool:
    """Tell whether a name is too long to be a general word too: text classification, 文本分类, but not label."""
    return len(surface) >= _OWN_HAN if is_han(surface) else len(words(surface)) > 1
