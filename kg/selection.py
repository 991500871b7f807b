"""Which candidates are worth a node: firm on general words, clipped names, furniture and chance. Pure."""

import numpy as np
from numpy.typing import NDArray

from kg import ranking
from kg.candidates import Sums
from kg.evidence import POINTING
from kg.names import is_acronym, is_han, words

_MIN_SCORE = 2.5
_OWN_HAN = 4  # characters: most Chinese words have two, so these are two words


def are_terms(said: Sums, total: int) -> NDArray[np.bool_]:
    """Tell for each row whether it may be a concept at all: (n,); `total` is the number of mentions in the library."""
    count, whole = said.counts, said.having("whole")
    pointed = np.add.reduce([said.pointing(cue) for cue in POINTING])
    is_name, is_single = said.having("name") * 2 > count, said.having("single") * 2 > count
    named = (count > 1) | (pointed > 1)
    result = np.where(is_name, named, np.where(is_single, _words(said, pointed, total), _phrases(said, pointed)))
    # else clipped: it stands almost only inside longer names. But LDAP is more than the LDAP server
    result &= (whole > 0) & ((whole >= 0.12 * count) | is_name)
    result &= said.having("person") * 3 <= count
    for row in np.flatnonzero(result & (said.having("dated") * 3 > count)).tolist():
        result[row] = not is_acronym(said.surfaces[row])  # a place where papers appear: ICLR 2017
    return result


def _words(said: Sums, pointed: NDArray[np.int64], total: int) -> NDArray[np.bool_]:
    """Tell for each row whether it may be a concept if it is a single word: (n,)."""
    count = said.counts
    often = (count >= np.where(pointed > 0, 2, 4)) & ((said.n_sources > 1) | (count >= np.where(pointed > 0, 4, 6)))
    result = (pointed > 1) | (often & (said.having("verb") * 4 <= count))
    result &= said.having("single") * 2 > count  # no other is asked
    for row in np.flatnonzero(result).tolist():
        result[row] = ranking.contrast(said.surfaces[row], count.item(row), total) > (0 if pointed[row] > 1 else 1)
    return result


def _phrases(said: Sums, pointed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each row whether it may be a concept if it is several words: (n,)."""
    count, whole, n_sources = said.counts, said.having("whole"), said.n_sources
    loose = said.having("general") + said.having("weak")
    often = ((n_sources > 1) & (count >= 3) & (whole >= 2)) | (whole >= 5) | ((pointed > 0) & (count >= 2))
    often = np.where(loose * 2 > count, (n_sources > 2) & (whole >= 4), often)
    # a weak word and general ones: 具体任务, specific task; not virtual machine
    often = np.where(loose > 1.5 * count, (pointed > 0) & (whole >= 8), often)
    return (pointed > 1) | often


def is_worth_a_node(count: int, score: float) -> bool:
    """Tell whether a concept with so many mentions and this rank has evidence enough for a node."""
    return count >= 2 and score >= _MIN_SCORE


def is_own_name(surface: str) -> bool:
    """Tell whether a name is too long to be a general word too: text classification, 文本分类, but not label."""
    return len(surface) >= _OWN_HAN if is_han(surface) else len(words(surface)) > 1
