import dataclasses
import itertools
import pathlib
import re

from corpus.spelling import fold

GLOSSARY = pathlib.Path(__file__).parents[1] / "kg" / "glossary.tsv"
NEAR_MISSES = pathlib.Path(__file__).parent / "data" / "near_misses.tsv"
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclasses.dataclass(frozen=True)
class Entry:
    en: str
    zh: str
    aliases: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.en, self.zh, *self.aliases)))


def folded(spelling: str) -> str:
    return fold(spelling).replace(" ", "").replace("-", "")


def rows(path: pathlib.Path, header: str) -> list[list[str]]:
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    assert first == header
    return [line.split("\t") for line in lines]


def glossary() -> list[Entry]:
    return [
        Entry(en, zh, tuple(aliases.split("|")) if aliases else ())
        for en, zh, aliases in rows(GLOSSARY, "en\tzh\taliases")
    ]


def near_misses() -> list[tuple[str, str]]:
    return [(a, b) for a, b in rows(NEAR_MISSES, "a\tb")]


def test_there_are_at_least_300_pairs() -> None:
    assert len(glossary()) >= 300


def test_no_spelling_stands_twice() -> None:
    lines: dict[str, set[str]] = {}
    spellings = [(folded(spelling), entry.en) for entry in glossary() for spelling in entry.spellings]
    for spelling, en in spellings:
        lines.setdefault(spelling, set()).add(en)
    assert {spelling: ens for spelling, ens in lines.items() if len(ens) > 1} == {}
    assert len(spellings) == len(lines), "a line repeats a spelling of its own"


def test_every_spelling_is_clean() -> None:
    for entry in glossary():
        for spelling in entry.spellings:
            assert folded(spelling)
            assert spelling == " ".join(spelling.split())


def test_english_is_ascii_and_chinese_is_chinese() -> None:
    assert [entry.en for entry in glossary() if not entry.en.isascii()] == []
    assert [entry.zh for entry in glossary() if entry.zh and not HAN.search(entry.zh)] == []


def test_it_is_sorted_by_the_english_name() -> None:
    names = [entry.en.casefold() for entry in glossary()]
    assert [(a, b) for a, b in itertools.pairwise(names) if a >= b] == []


def test_no_line_joins_a_near_miss() -> None:
    line = {folded(spelling): entry.en for entry in glossary() for spelling in entry.spellings}
    joined = [(a, b) for a, b in near_misses() if folded(a) in line and line[folded(a)] == line.get(folded(b))]
    assert joined == []


def test_near_misses_are_many_and_most_of_them_are_in_the_glossary() -> None:
    known = {folded(spelling) for entry in glossary() for spelling in entry.spellings}
    pairs = near_misses()
    assert len({frozenset((folded(a), folded(b))) for a, b in pairs}) == len(pairs) >= 100
    unknown = [(a, b) for a, b in pairs if not {folded(a), folded(b)} <= known]
    assert len(unknown) <= len(pairs) // 10, unknown
    han = [(bool(HAN.search(a)), bool(HAN.search(b))) for a, b in pairs]
    assert all(han.count(kind) >= 25 for kind in ((False, False), (True, True), (False, True)))
