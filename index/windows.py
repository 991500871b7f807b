"""A passage as the encoder reads it: window by window, a window being a sentence or a few short ones. Pure.

A passage of 256 tokens says many things, and its vector none of them sharply; a window says one. So the windows are
what is embedded, the passage's vector is their mean, and a passage is worth what both are worth (`index.join`). Every
token is still read once. The windows depend on nothing but the text, so that they need not be stored.
"""

import itertools
import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentences
from index.encoder import Encoder

RECIPE = "windows-1"

# Latin letters of a window, some 32 tokens. Measured from single sentences to 128 tokens: smaller ones find paraphrases
# and answers in the other language, larger ones nothing better. A sentence is never cut.
_SIZE = 128
_DENSE = re.compile("[\u2e80-\uffef]")
_TOKENS_OF_DENSE = 2.6  # a Chinese character is as many tokens as so many Latin letters
# What a passage is called, in its vector, beside 1 for what it says: with 0 or .5, nDCG falls by .01 to .02.
_NAME = 0.2

Vectors = NDArray[np.float32]


def windows(text: str, heading: Sequence[str]) -> list[tuple[int, int]]:
    """Return [start, end) of each window: whole sentences without the headings, which name what is said."""
    every = sentences(text)
    places = [place for place in every if text[slice(*place)] not in heading] or every or [(0, len(text))]
    ends = list(itertools.accumulate(_size(text[start:end]) for start, end in places))
    room = ends[-1] / math.ceil(ends[-1] / _SIZE)  # of even windows
    packed = [places[0]]
    opened = 0.0  # what stands before the last window
    for (start, end), before, behind in zip(places[1:], ends, ends[1:], strict=False):
        if (before + behind) / 2 - opened > room:
            packed.append((start, end))
            opened = before
        else:
            packed[-1] = (packed[-1][0], end)
    return packed


def _size(text: str) -> float:
    return len(text) + (_TOKENS_OF_DENSE - 1) * len(_DENSE.findall(text))


def inputs(title: str, heading: Sequence[str], text: str) -> tuple[str, ...]:
    """Return what is embedded for a passage: what it is called ('' for nothing), then each window.

    The title names it only where there is no heading: on each passage it draws all passages of a page together.
    """
    path = [part for part in heading if part != title]
    return (" > ".join(path) or title, *(text[start:end] for start, end in windows(text, heading)))


def encoded(encoder: Encoder, passages: Sequence[Sequence[str]]) -> list[Vectors]:
    """Return for each passage's `inputs` its vectors (1 + windows, d), all unit: its own, then each window's."""
    texts = list(dict.fromkeys(text for parts in passages for text in parts))
    row = {text: nth for nth, text in enumerate(texts)}
    read = encoder.passages(texts) if texts else np.empty((0, encoder.dimension), np.float32)
    return [_with_mean(read[[row[text] for text in parts]], parts) for parts in passages]


def _with_mean(read: Vectors, parts: Sequence[str]) -> Vectors:
    """Return the vectors of a name and its windows with the passage's in place of the name's."""
    sizes = np.array([len(part) for part in parts[1:]], np.float32)
    mean = sizes / sizes.sum() @ read[1:] + (_NAME if parts[0] else 0) * read[0]
    return np.concatenate([mean[None] / np.linalg.norm(mean), read[1:]]).astype(np.float32)
