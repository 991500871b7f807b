"""What the concept graph costs as the library grows: all of it, and again after one source changed.

Usage: python -m bench.graph_build REAL [--sizes 10000,100000] [--folder DIR] [--json FILE]

REAL is a library whose passages are taken as models. A made-up source holds passages of one language in another world:
the general words stay, with some exchanged, the others become made-up words of the same shape, the same ones all over a
world. Worlds are as frequent as words are (Zipf), so that ideas, their pairs and the words seen once grow as they do in
real libraries. Each measure runs in a process of its own, so that its peak of memory is its own. The encoder is left
out: each name gets the same vector.
"""

import argparse
import bisect
import dataclasses
import hashlib
import json
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from wordfreq import get_frequency_dict

from bench.results import machine, save, table
from corpus.library import Library
from corpus.model import Chunk, Document, Source, Span, chunk_id
from corpus.tables import replace_list, save_document, stored_chunks
from kg import chinese, graph_tables, mentions, tables, vocabulary
from kg.names import HAN, is_han
from service.refresh import refresh
from service.report import Report
from service.rooms import open_library

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSAGES = 33  # of a source: as on the reading list
A_WORLD = 4  # sources, on average
COMMON = 4.8  # Zipf scale: rarer words are of one world
SHARED = 0.3  # of the rarer words, those that all worlds have
EXCHANGED = 0.1  # of the general words: no two passages say the same
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvwz"
_WORD = re.compile(rf"[A-Za-z]{{4,}}|[{HAN}]+")
Figures = Mapping[str, float]


class Worlds:
    """The words of other worlds, always the same."""

    def __init__(self) -> None:
        english, chinese = (get_frequency_dict(lang, wordlist="small") for lang in ("en", "zh"))
        self._chinese = sorted(word for word, at in chinese.items() if len(word) == 2 and is_han(word) and at > 1e-6)
        self._general = sorted(word for word, at in english.items() if len(word) > 3 and at > 1e-4)
        self._known: dict[tuple[str, int], str] = {}

    def word(self, word: str, world: int) -> str:
        """Return what a word is in a world."""
        made = self._known.get((word, world))
        if made is None:
            made = self._known[word, world] = self._made(word, world)
        return made

    def other(self, chance: random.Random) -> str:
        """Return some general word."""
        return chance.choice(self._general)

    def _made(self, word: str, world: int) -> str:
        folded = word.lower().removesuffix("s")
        common = vocabulary.commonness(word if is_han(word) else word.lower(), "zh" if is_han(word) else "en")
        draw = int.from_bytes(hashlib.sha256(f"{folded} {world}".encode()).digest()[:8], "big")
        if world == 0 or common >= COMMON or (len(word) == 1) or draw % 1000 < 1000 * SHARED:
            return word
        if is_han(word):
            return "".join(self._chinese[(draw + nth) % len(self._chinese)] for nth in range((len(word) + 1) // 2))[
                : len(word)
            ]
        letters, stem = [], max(3, len(folded) - 3)  # what a word ends in tells its part of speech
        for nth, letter in enumerate(word[:stem]):
            for kind in (_VOWELS, _CONSONANTS):
                if letter.lower() in kind:
                    other = kind[(kind.index(letter.lower()) + (draw >> nth)) % len(kind)]
                    letters.append(other.upper() if letter.isupper() else other)
                    break
            else:
                letters.append(letter)
        return "".join(letters) + word[stem:]


def translated(chunk: Chunk, worlds: Worlds, world: int, chance: random.Random) -> Chunk:
    """Return a passage as another world has it; its address and its place are still to be given."""
    text, places = _translated(chunk.text, worlds, world, chance)

    def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(Span(places(span.start), places(span.end), span.kind, span.level) for span in spans)

    heading = tuple(_translated(line, worlds, world, chance)[0] for line in chunk.heading)
    return Chunk("", "", "", chunk.lang, heading, text, 0, 0, moved(chunk.blocks), moved(chunk.marks))


def _translated(text: str, worlds: Worlds, world: int, chance: random.Random) -> tuple[str, Callable[[int], int]]:
    made, old, new, end = "", [0], [0], 0
    for match in _WORD.finditer(text):
        cut = chinese.words(text, *match.span()) if is_han(match.group()) else None
        for start, last, word in [(w.start, w.end, w.text) for w in cut] if cut else [(*match.span(), match.group())]:
            made += text[end:start]
            old.append(start)
            new.append(len(made))
            become = worlds.word(word, world)
            if become == word and word.islower() and word.isascii() and chance.random() < EXCHANGED:
                become = worlds.other(chance)
            made += become
            end = last
            old.append(end)
            new.append(len(made))
    made += text[end:]

    def place(offset: int) -> int:
        nth = bisect.bisect_right(old, offset) - 1
        limit = new[nth + 1] if nth + 1 < len(new) else len(made)
        return min(new[nth] + offset - old[nth], limit)

    return made, place


def make(folder: pathlib.Path, count: int, real: pathlib.Path) -> Figures:
    """Make a library of so many passages, unless it is there."""
    if (folder / "whole").is_file():
        return {}
    begin = time.perf_counter()
    library = open_library(folder, create=True)
    chance, worlds = random.Random(0), Worlds()
    with open_library(real).reading() as db:
        models: dict[str, list[Chunk]] = {}
        for _, chunk in stored_chunks(db):
            models.setdefault("zh" if chunk.lang.startswith("zh") else "en", []).append(chunk)
    urls = [f"https://site{nth % 97}.example/{nth}" for nth in range(count // PASSAGES)]
    with library.writing() as db:
        replace_list(db, "list", [Source(url) for url in urls])
        numbers = dict(db.execute("select url, key from sources"))
    weights = [1 / (nth + 3) for nth in range(max(1, len(urls) // A_WORLD))]
    drawn = chance.choices(range(len(weights)), weights, k=len(urls))
    spent = 0.0
    for nth, (url, world) in enumerate(zip(urls, drawn, strict=True)):
        spent += put(library, numbers[url], url, models["zh" if nth % 10 < 3 else "en"], worlds, world, chance)
    (folder / "whole").touch()
    return {"made_s": time.perf_counter() - begin, "mentions_s": spent}


def put(
    library: Library, number: int, url: str, models: Sequence[Chunk], worlds: Worlds, world: int, chance: random.Random
) -> float:
    """Store a source of made-up passages; return the seconds that its mentions took to find."""
    first = chance.randrange(len(models))
    text = ""
    parts: list[Chunk] = []
    for model in (models[(first + nth) % len(models)] for nth in range(PASSAGES)):
        part = translated(model, worlds, world, chance)
        title = worlds.word("Transformer", world) + f" {number}"
        parts.append(
            Chunk(
                chunk_id(url, part.text, sum(part.text == other.text for other in parts)), url, title, part.lang,
                part.heading, part.text, len(text), len(text) + len(part.text), part.blocks, part.marks,
            )
        )  # fmt: skip
        text += part.text + "\n\n"
    begin = time.perf_counter()
    found = {part.id: mentions.mentions(part) for part in parts}
    spent = time.perf_counter() - begin
    document = Document(url, parts[0].title, parts[0].lang, text, ())
    with library.writing() as db:
        for name, key in save_document(db, number, document, parts, "made-up").items():
            tables.save_found(db, key, found[name], mentions.MADE_BY)
    return spent


class _NoEncoder:
    """Stands where the encoder does: the names' vectors are not what is measured."""

    name, dimension, max_tokens = "none", 384, 512

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the same vector for each text."""
        return np.full((len(texts), self.dimension), self.dimension**-0.5, np.float32)

    queries = passages

    def count_tokens(self, text: str) -> int:
        """Return the number of words."""
        return len(text.split())


def whole(folder: pathlib.Path) -> Figures:
    """Measure the graph made from what was found, as if none of it had been made before."""
    library = open_library(folder)
    with library.writing() as db:
        graph_tables.forget(db)
    seconds, cpu = _refresh(library)
    return {"whole_s": seconds, "whole_cpu_s": cpu, "whole_mb": _peak(), **_counts(library)}


def changed(folder: pathlib.Path, real: pathlib.Path) -> Figures:
    """Measure the graph brought up to date after one source was written anew."""
    library, chance = open_library(folder), random.Random(f"{time.time_ns()}")
    with open_library(real).reading() as db:
        models = [chunk for _, chunk in stored_chunks(db) if not chunk.lang.startswith("zh")]
    with library.writing() as db:
        number, url = db.execute("select key, url from sources order by random() limit 1").fetchone()
    put(library, number, url, models, Worlds(), chance.randrange(3), chance)
    seconds, cpu = _refresh(library)
    return {"one_s": seconds, "one_cpu_s": cpu, "one_mb": _peak()}


def same(folder: pathlib.Path) -> Figures:
    """Tell whether the graph as it was kept up to date is the graph made from all that was found."""
    library = open_library(folder)
    before = _digest(library)
    with library.writing() as db:
        graph_tables.forget(db)
    _refresh(library)
    return {"same": float(before == _digest(library))}


def _refresh(library: Library) -> tuple[float, float]:
    """Bring the graph up to date; return the seconds that passed, and those that a processor was at work for it."""
    report = Report()
    stages: list[tuple[str, float]] = []
    begin, begin_cpu = time.perf_counter(), time.process_time()
    refresh(library, _NoEncoder(), report, lambda name: stages.append((name, time.process_time())))
    seconds, end = time.perf_counter() - begin, time.process_time()
    cpu = end - begin_cpu
    ends = [*(at for _, at in stages[1:]), end]
    work = {name: round(last - at, 1) for (name, at), last in zip(stages, ends, strict=True)}
    waited = {stage: round(spent, 1) for stage, spent in report.seconds.items()}
    print(f"{seconds:.1f} s: {waited}; of work {cpu:.1f} s: {work}", file=sys.stderr)
    return seconds, cpu


def _counts(library: Library) -> Figures:
    with library.reading() as db:
        concepts, relations = tables.counts(db)
    return {"concepts": concepts, "relations": relations}


def _digest(library: Library) -> str:
    made = hashlib.sha256()
    with library.reading() as db:
        for rows in (tables.read_concepts(db), tables.read_relations(db), tables.read_articles(db)):
            for row in rows:
                shown = (
                    f"{name}={sorted(value) if isinstance(value, frozenset) else value}"
                    for name, value in ((field.name, getattr(row, field.name)) for field in dataclasses.fields(row))
                )
                made.update("|".join(shown).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the rows, and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=pathlib.Path)
    parser.add_argument("--sizes", default="10000,100000", help="passages")
    parser.add_argument("--folder", type=pathlib.Path, help="keep the made-up libraries here, and take those that are")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", choices=MEASURES, action="append", help="some of the measures")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # what the processes are told
    given = parser.parse_args()
    if given.here:
        print(json.dumps(MEASURES[given.only[0]](given.folder, int(given.sizes), given.real)))
        return
    where, rows = machine(), []
    with tempfile.TemporaryDirectory() as scratch:
        for size in map(int, given.sizes.split(",")):
            folder = (given.folder or pathlib.Path(scratch)).resolve() / f"graph-{size}"
            figures: dict[str, float] = {"chunks": size}
            for measure in given.only or MEASURES:
                words = ["-m", "bench.graph_build", str(given.real.resolve()), "--sizes", str(size)]
                words += ["--folder", str(folder), "--only", measure, "--here"]
                printed = subprocess.run(
                    [sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
                ).stdout
                figures |= json.loads(printed)
            rows.append(figures)
            print(table([figures]), flush=True)
    if given.json:
        save(given.json, rows, where)


MEASURES: dict[str, Callable[[pathlib.Path, int, pathlib.Path], Figures]] = {
    "make": make,
    "whole": lambda folder, *_: whole(folder),
    "changed": lambda folder, _, real: changed(folder, real),
    "same": lambda folder, *_: same(folder),
}


if __name__ == "__main__":
    main()
