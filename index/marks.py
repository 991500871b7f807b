"""Which sentences of a passage matter for a question."""

import bisect
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentences
from index.join import Wording, words_worth
from index.keywords import words
from index.model import Hit
from index.view import View
from index.windows import windows

_SECOND_MARK = 0.8  # a second place is marked when it matters this much as the first

Place = tuple[int, int]


def marks(view: View, asked: Wording, cosines: NDArray[np.float32] | Sequence[float], hit: Hit) -> tuple[Place, ...]:
    """Return the one or two places that matter in a passage: by what its windows mean and what words they have.

    Args:
        view: tells what the words are worth beside the cosines.
        asked: the words of the question.
        cosines: of the question with each window; none where the passage has no vectors yet.
        hit: the passage.
    """
    opened = windows(hit.text, hit.heading)
    scores: dict[Place, float] = {}
    for start, end in sentences(hit.text):
        nth = bisect.bisect_right(opened, (start, len(hit.text))) - 1
        if nth < 0 or end > opened[nth][1]:
            continue  # a heading
        share = asked.share(frozenset(words(hit.text[start:end]))) if hit.why.words else 0.0
        score = (cosines[nth] if len(cosines) else 0.0) + words_worth(view, share)
        before = next(reversed(scores), (0, 0))
        if scores.get(before) == score and before[0] >= opened[nth][0]:  # nothing tells them apart
            del scores[before]
            start = before[0]
        scores[start, end] = score
    return _best(scores)


def _best(scores: Mapping[Place, float]) -> tuple[Place, ...]:
    """Return the best place, and the second where it matters nearly as much, in the order of the text."""
    if not any(scores.values()):
        return ()
    first, *others = sorted(scores, key=lambda place: (-scores[place], place))
    worst = min(scores.values())
    enough = _SECOND_MARK * (scores[first] - worst)
    return tuple(sorted([first, *(place for place in others[:1] if scores[place] - worst >= enough > 0)]))
