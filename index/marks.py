"""Which sentences of a passage matter for a question."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentences
from index.encoder import Encoder
from index.keywords import words
from index.model import Hit

_SECOND_MARK = 0.8  # a second sentence is marked when it matters this much as the first
_TELLING = 0.3  # a sentence with this share of the question's words is known by them; else the encoder is asked
_READ_AGAIN = 3  # passages whose sentences the encoder reads: .1 s


def marks(
    encoder: Encoder, asked: NDArray[np.float32], weights: Mapping[str, float], hits: Sequence[Hit]
) -> list[tuple[tuple[int, int], ...]]:
    """Return the sentences that matter in each passage: by their words, or where these say little by the encoder.

    Reading all sentences of ten passages takes the encoder half a second and more, so it reads only the first few that
    the words leave open. A passage behind those, without a word of the question, has no mark.
    """
    places = [_said(hit) for hit in hits]
    scores = [_by_words(hit.text, some, weights) for hit, some in zip(hits, places, strict=True)]
    enough = _TELLING * sum(weights.values())
    left = [nth for nth, some in enumerate(places) if len(some) > 1 and max(scores[nth]) < enough][:_READ_AGAIN]
    texts = [hits[nth].text[start:end] for nth in left for start, end in places[nth]]
    cosines = iter((encoder.passages(texts) @ asked).tolist() if texts else ())
    for nth in left:
        scores[nth] = [next(cosines) for _ in places[nth]]
    return [_best(some, each) for some, each in zip(places, scores, strict=True)]


def _said(hit: Hit) -> list[tuple[int, int]]:
    """Return the sentences of a passage without the headings, which name what is said and say nothing."""
    every = sentences(hit.text)
    return [place for place in every if hit.text[slice(*place)] not in hit.heading] or every


def _by_words(text: str, places: Sequence[tuple[int, int]], weights: Mapping[str, float]) -> list[float]:
    held = (weights.keys() & set(words(text[start:end])) for start, end in places)
    return [sum(weights[word] for word in some) for some in held]


def _best(places: Sequence[tuple[int, int]], scores: Sequence[float]) -> tuple[tuple[int, int], ...]:
    """Return the best place, and the second where it matters nearly as much, in the order of the text."""
    if not any(scores):
        return ()
    order = sorted(range(len(places)), key=lambda nth: (-scores[nth], nth))[:2]
    worst = min(scores)
    enough = _SECOND_MARK * (scores[order[0]] - worst)
    return tuple(sorted(places[nth] for nth in order if nth == order[0] or scores[nth] - worst >= enough > 0))
