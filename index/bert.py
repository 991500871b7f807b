"""The embedded encoder's network in plain numpy, for few texts.

Importing torch and reading the weights takes a second and more, a question's forward pass .02. So a few texts are read
by the lines below, and many by `index.packed`; tests hold the two together, and both to the SentenceTransformer.

The architecture is that of Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding" (2019), layer by layer as `transformers` has it in BertModel.
"""

import json
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.threads import one_blas_thread

Vectors = NDArray[np.float32]

_WORDS = "embeddings.word_embeddings.weight"
_STRIP = 64  # tokens whose middle layer (0.4 MB) stays in a core's cache from step to step: twice as quick
# Columns of a panel of weights. BLAS lays out a matrix anew before it multiplies, unless the product is small, and for
# a question's few tokens that takes longer than to multiply. OpenBLAS holds a million multiplications for small: 20
# tokens x 1536 x 32. So weights stand in panels, and a question takes half as long. With 16 or 64 the gain is smaller.
_PANEL = 32


class Bert:
    """A BertModel in fp32 with mean pooling and normalisation, as `index.bundled` writes it."""

    def __init__(self, folder: pathlib.Path) -> None:
        """Read a SentenceTransformer folder: .1 s, 90 MB; of the words only the rows that a text has, when it comes."""
        from safetensors import safe_open  # not for --help

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._width = int(config["hidden_size"])
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config["layer_norm_eps"])
        one_blas_thread()
        file: Any = safe_open(folder / "model.safetensors", framework="numpy")  # untyped
        self._words = file.get_slice(_WORDS)
        weights: dict[str, Vectors] = {name: file.get_tensor(name) for name in set(file.keys()) - {_WORDS}}
        self._weights = {
            name: _panels(each) if name.startswith("encoder.") and each.ndim == 2 else each.astype(np.float32)
            for name, each in weights.items()
        }

    def vectors(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Return the unit vectors of texts given as token ids, special tokens included: (len(texts), d).

        The texts stand one after the other in one matrix, t tokens in all: nothing is padded, and only attention has to
        know where a text ends.
        """
        if not texts:
            return np.empty((0, self._width), np.float32)
        ends = np.cumsum([len(text) for text in texts])
        spans = [slice(end - len(text), end) for text, end in zip(texts, ends.tolist(), strict=True)]
        x = self._embedded(texts)  # (t, d)
        for nth in range(self._layers):
            x = self._layer(f"encoder.layer.{nth}.", x, spans)
        means = np.stack([x[span].mean(axis=0) for span in spans])  # (n, d)
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit

    def _embedded(self, texts: Sequence[Sequence[int]]) -> Vectors:
        ids, places = np.unique(np.concatenate(texts), return_inverse=True)  # (u,), (t,)
        words = np.concatenate([self._words[token : token + 1] for token in ids.tolist()]).astype(np.float32)  # (u, d)
        positions = np.concatenate([np.arange(len(text)) for text in texts])  # (t,)
        own = self._weights["embeddings.position_embeddings.weight"][positions]  # (t, d)
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]  # (d,)
        return self._normal("embeddings.LayerNorm", words[places] + own + kind)

    def _layer(self, layer: str, x: Vectors, spans: Sequence[slice]) -> Vectors:
        query, key, value = (self._linear(f"{layer}attention.self.{part}", x) for part in ("query", "key", "value"))
        seen = np.concatenate([self._attention(query[span], key[span], value[span]) for span in spans])  # (t, d)
        strips = [slice(at, at + _STRIP) for at in range(0, len(x), _STRIP)]
        return np.concatenate([self._by_token(layer, x[strip], seen[strip]) for strip in strips])

    def _by_token(self, layer: str, x: Vectors, seen: Vectors) -> Vectors:
        """Return what a layer makes of each token (s, d) and what it has seen (s, d)."""
        x = self._normal(f"{layer}attention.output.LayerNorm", x + self._linear(f"{layer}attention.output.dense", seen))
        wide = _gelu(self._linear(f"{layer}intermediate.dense", x))  # (s, f)
        return self._normal(f"{layer}output.LayerNorm", x + self._linear(f"{layer}output.dense", wide))

    def _attention(self, query: Vectors, key: Vectors, value: Vectors) -> Vectors:
        """Return what each token of one text sees: (t, d) like each of the three."""
        q, k, v = (part.reshape(len(part), self._heads, -1).swapaxes(0, 1) for part in (query, key, value))  # (h, t, e)
        scores = q @ k.swapaxes(1, 2) / math.sqrt(q.shape[2])  # (h, t, t)
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        seen: Vectors = (shares @ v).swapaxes(0, 1).reshape(query.shape)
        return seen

    def _linear(self, name: str, x: Vectors) -> Vectors:
        panels = self._weights[f"{name}.weight"]  # (p, in, out / p)
        made: Vectors = (x @ panels).swapaxes(0, 1).reshape(len(x), -1)  # (s, out)
        made += self._weights[f"{name}.bias"]
        return made

    def _normal(self, name: str, x: Vectors) -> Vectors:
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.square(x).mean(axis=1, keepdims=True) + self._epsilon)
        return x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _panels(weight: Vectors) -> Vectors:
    """Return weights (out, in) as panels of columns (out / _PANEL, in, _PANEL)."""
    out, width = weight.shape
    return np.ascontiguousarray(weight.reshape(out // _PANEL, _PANEL, width).swapaxes(1, 2), np.float32)


def _gelu(x: Vectors) -> Vectors:
    """Return x times the share of the normal distribution below x: gelu as BERT has it, without tanh."""
    return np.float32(0.5) * x * (1 + erf(x * np.float32(math.sqrt(0.5))))


def erf(x: Vectors) -> Vectors:
    """Return the error function of each number, off by less than 5e-7: Abramowitz and Stegun, formula 7.1.26.

    numpy has none, and importing scipy takes longer than the forward pass.
    """
    a, b, c, d, e = 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (a + t * (b + t * (c + t * (d + t * e))))
    result: Vectors = np.copysign(1 - series * np.exp(-np.square(x)), x)
    return result
