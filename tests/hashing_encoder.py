"""An encoder for tests: a word is drawn from its digest, a text is the sum of its words. No weights, no waiting."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]|[^\sa-z0-9\u4e00-\u9fff]")


class HashingEncoder:
    """Texts that share words are near each other; the same text has the same vector on every machine."""

    max_tokens = 512

    def __init__(self, dimension: int = 64, seed: str = "") -> None:
        self.dimension = dimension
        self.name = f"hashing{seed}:{dimension}"
        self.seen: list[str] = []  # every passage that was encoded, in order
        self._seed = seed

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors: (len(texts), dimension)."""
        self.seen.extend(texts)
        return self.queries(texts)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors: (len(texts), dimension)."""
        vectors = np.zeros((len(texts), self.dimension))
        for place, text in enumerate(texts):
            for word in _WORD.findall(text.lower()) or [""]:
                vectors[place] += self._word(word)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors.astype(np.float32)

    def count_tokens(self, text: str) -> int:
        """Return the number of words, Chinese characters and signs."""
        return len(_WORD.findall(text.lower()))

    def _word(self, word: str) -> NDArray[np.float64]:
        digest = hashlib.shake_128(f"{self._seed} {word}".encode()).digest(self.dimension)
        return np.frombuffer(digest, np.uint8).astype(np.float64) - 127.5
