"""The embedded encoder's network in torch, for many texts.

The texts of a batch stand one after the other in one matrix: nothing is padded, the weights are laid out once, and
nothing but torch is loaded. Layer by layer it is `index.bert`, and tests hold both to the SentenceTransformer. What is
done otherwise than there, and what each step brings, stands in docs/decisions/0014.
"""

import itertools
import json
import math
import pathlib
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # as everyone calls it
from numpy.typing import NDArray
from safetensors import safe_open

_SCORES = 1 << 20  # of attention at once: 2 MB, which stay in the cache. More is a third slower
# Without the keys' bias, scores of 114 real texts lay between -49 and 32; exp leaves what bf16 holds at 88.
_SCORE = 80.0
_TYPICAL_TOKENS = 2048  # of a batch, for which the weights are laid out; any number is right


class PackedBert:
    """A BertModel with mean pooling and normalisation, in bf16 where the processor computes in it, else in fp32."""

    def __init__(self, folder: pathlib.Path) -> None:
        """Read a SentenceTransformer folder."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._width = int(config["hidden_size"])
        heads = int(config["num_attention_heads"])
        epsilon = float(config["layer_norm_eps"])
        self._dtype = torch.bfloat16 if computes_in_bf16() else torch.float32
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no mapping
        self._words = weights["embeddings.word_embeddings.weight"]  # (v, d), as stored: only rows that come are cast
        kind = weights["embeddings.token_type_embeddings.weight"][0].float()
        self._places = weights["embeddings.position_embeddings.weight"].float() + kind  # (p, d)
        self._first = _Normal(weights, "embeddings.LayerNorm", epsilon)
        self._layers = [
            _Layer(weights, f"encoder.layer.{nth}.", heads, self._dtype, epsilon)
            for nth in range(int(config["num_hidden_layers"]))
        ]

    def vectors(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return the unit vectors of texts given as token ids, special tokens included: (len(texts), d).

        Texts of one length that stand side by side are quicker.
        """
        if not texts:
            return np.empty((0, self._width), np.float32)
        with torch.inference_mode():
            lengths = [len(text) for text in texts]
            tokens = torch.tensor(list(itertools.chain.from_iterable(texts)))  # (t,)
            places = torch.cat([torch.arange(length) for length in lengths])  # (t,)
            x = self._first(self._words[tokens].float() + self._places[places]).to(self._dtype)  # (t, d)
            runs = [(length, len(list(alike))) for length, alike in itertools.groupby(lengths)]
            for layer in self._layers:
                x = layer(x, runs)
            means = torch.stack([text.float().mean(dim=0) for text in torch.split(x, lengths)])  # (n, d)
            unit: NDArray[np.float32] = F.normalize(means, dim=1).numpy()
            return unit


class _Normal:
    """Layer normalisation, its own numbers in fp32: quicker and nearer."""

    def __init__(self, weights: dict[str, torch.Tensor], name: str, epsilon: float) -> None:
        self._weight, self._bias = (weights[f"{name}.{kind}"].float() for kind in ("weight", "bias"))
        self._epsilon = epsilon

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(x, self._weight.shape, self._weight, self._bias, self._epsilon)


class _Linear:
    """A product with weights, and a bias added to it.

    In bf16 it calls what torch's own compiler calls: `F.linear` lays out the weights and copies the bias anew in each
    call, and goes over the product again for gelu, which makes a batch a tenth slower. A torch without that operator,
    which is private, does without.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, dtype: torch.dtype) -> None:
        """Take the weights (out, in) and the bias (out,), to be computed with in `dtype`."""
        self._weight, self._bias = weight.to(dtype), bias.to(dtype)
        self._laid_out = dtype == torch.bfloat16 and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        if self._laid_out:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(self._weight, _TYPICAL_TOKENS)

    def __call__(self, x: torch.Tensor, *, gelu: bool = False) -> torch.Tensor:
        if self._laid_out:
            then, how = ("gelu", "none") if gelu else ("none", "")  # not approximated
            made: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, then, [], how)
            return made
        product = F.linear(x, self._weight, self._bias)
        return F.gelu(product) if gelu else product


class _Layer:
    """One layer of the network."""

    def __init__(
        self, weights: dict[str, torch.Tensor], layer: str, heads: int, dtype: torch.dtype, epsilon: float
    ) -> None:
        def parts(name: str) -> tuple[torch.Tensor, torch.Tensor]:
            return weights[f"{layer}{name}.weight"].float(), weights[f"{layer}{name}.bias"].float()

        self._heads = heads
        (query, asking), (key, _), (value, telling) = (
            parts(f"attention.self.{of}") for of in ("query", "key", "value")
        )
        scale = math.sqrt(len(query) / heads)
        # The keys' bias adds the same to all scores of a query, and softmax takes that out again.
        asked = torch.cat([query / scale, key, value]), torch.cat([asking / scale, torch.zeros_like(asking), telling])
        self._asked = _Linear(*asked, dtype)
        self._seen = _Linear(*parts("attention.output.dense"), dtype)
        self._wide = _Linear(*parts("intermediate.dense"), dtype)
        self._narrow = _Linear(*parts("output.dense"), dtype)
        self._after_attention = _Normal(weights, f"{layer}attention.output.LayerNorm", epsilon)
        self._after_all = _Normal(weights, f"{layer}output.LayerNorm", epsilon)

    def __call__(self, x: torch.Tensor, runs: Sequence[tuple[int, int]]) -> torch.Tensor:
        """Return what the layer makes of the texts' tokens (t, d); `runs` are lengths, each with how many texts."""
        seen = self._attention(self._asked(x), runs)
        x = self._after_attention(x + self._seen(seen))
        return self._after_all(x + self._narrow(self._wide(x, gelu=True)))

    def _attention(self, asked: torch.Tensor, runs: Sequence[tuple[int, int]]) -> torch.Tensor:
        """Return what each token sees of its own text (t, d), from queries, keys and values side by side (t, 3d).

        For heads this narrow and texts this short, `F.scaled_dot_product_attention` takes twice as long.
        """
        seen = asked.new_empty(len(asked), asked.shape[1] // 3)
        begin = 0
        for length, count in runs:
            most = max(1, _SCORES // (self._heads * length * length))
            for some in (min(most, count - nth) for nth in range(0, count, most)):
                end = begin + some * length
                parts = asked[begin:end].view(some, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
                query, key, value = parts.reshape(3, some * self._heads, length, -1)  # (n*h, l, e)
                shares = torch.bmm(query, key.transpose(1, 2)).clamp_(-_SCORE, _SCORE).exp_()  # (n*h, l, l)
                whole = shares.sum(dim=2).view(some, self._heads, length, 1).transpose(1, 2)  # (n, l, h, 1)
                found = torch.bmm(shares, value).view(some, self._heads, length, -1).transpose(1, 2)  # (n, l, h, e)
                torch.div(found, whole, out=seen[begin:end].view(found.shape))
                begin = end
        return seen


def computes_in_bf16() -> bool:
    """Return whether this processor has instructions for bf16: 1.6 times as fast and more, cosine .9999 to fp32."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
