"""The SQL of this room: what was found in each chunk, and the graph that follows from all of it."""

import bisect
import json
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.model import Chunk
from corpus.tables import listed, stored_chunks
from kg.concepts import passages
from kg.model import (
    Article,
    Concept,
    Definition,
    Evidence,
    Found,
    Gloss,
    Mention,
    Merge,
    Passage,
    Place,
    Relation,
)
from kg.uncollected import uncollected

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def missing(db: sqlite3.Connection, made_by: str) -> Iterator[tuple[int, Chunk]]:
    """Yield (key, chunk) of the chunks that this recipe has not read yet, by URL and place."""
    rows = db.execute(
        "select sources.url, chunks.key from chunks join sources on sources.key = chunks.source "
        "left join found on found.chunk = chunks.key where found.made_by is not ?",
        (made_by,),
    )
    wanted: dict[str, set[int]] = {}
    for url, key in rows:
        wanted.setdefault(url, set()).add(key)
    for url in sorted(wanted):
        yield from ((key, chunk) for key, chunk in stored_chunks(db, url) if key in wanted[url])


def save_found(db: sqlite3.Connection, key: int, found: Found, made_by: str) -> None:
    """Keep what was found in the chunk with this key, in the place of anything before."""
    db.execute("delete from found where chunk = ?", (key,))  # a replacing insert would fire no trigger
    db.execute("insert into found values (?, ?, ?, ?, ?)", (key, made_by, *dump_found(found)))


def read_found(
    db: sqlite3.Connection, url: str | None = None, keys: Container[int] | None = None
) -> Iterator[tuple[Chunk, Found]]:
    """Yield every chunk that was read, of one source or of all, with what was found in it, by URL and place.

    With `keys`, only the chunks of these keys.
    """
    for key, chunk in stored_chunks(db, url):
        if keys is not None and key not in keys:
            continue
        row = db.execute("select sentences, mentions, glosses from found where chunk = ?", (key,)).fetchone()
        if row is not None:
            yield chunk, load_found(*row)


class Passages:
    """Every passage with its concepts, by URL and place: whatever the history of the library. It can be read again."""

    def __init__(self, db: sqlite3.Connection, concepts: Sequence[Concept]) -> None:
        """Read from `db` as long as this is in use; a spelling that two concepts have names the first of them."""
        self._db = db
        self._by_key = {key: concept.id for concept in reversed(concepts) for key in concept.keys}

    def __iter__(self) -> Iterator[Passage]:
        return passages(read_found(self._db), self._by_key)

    def of(self, url: str) -> Iterator[Passage]:
        """Yield those of one source (canonical URL), by place."""
        return passages(read_found(self._db, url), self._by_key)

    def naming(self, concept: str, most: int) -> Iterator[Passage]:
        """Yield those that name a concept, by URL and place: of each language the `most` that name it most often."""
        rows = self._db.execute(
            "select url, key from (select url, chunks.key as key, row_number() over (partition by lang order by count "
            "desc, chunks.id) as nth from places join concepts on concepts.key = concept join chunks on chunks.key = "
            "chunk join sources on sources.key = chunks.source where concepts.id = ?) where nth <= ?",
            (concept, most),
        )
        wanted: dict[str, set[int]] = {}
        for url, key in rows:
            wanted.setdefault(url, set()).add(key)
        read = (item for url in sorted(wanted) for item in read_found(self._db, url, wanted[url]))
        return passages(read, self._by_key)


def stale(db: sqlite3.Connection, made_by: str) -> bool:
    """Return whether the stored graph no longer follows from what was found, or comes from another recipe than this."""
    (stored,) = db.execute("select made_by from graph").fetchone()
    return bool(stored != made_by)


def unmatched(db: sqlite3.Connection) -> tuple[str, frozenset[str]]:
    """Return the recipe of the stored graph, and the user's decisions that found nothing to decide in it."""
    made_by, rules = db.execute("select made_by, unmatched from graph").fetchone()
    return made_by, frozenset(json.loads(rules))


def counts(db: sqlite3.Connection) -> tuple[int, int]:
    """Return how many concepts and relations are stored."""
    concepts, relations = db.execute(
        "select (select count(*) from concepts), (select count(*) from relations)"
    ).fetchone()
    return concepts, relations


def read_concepts(db: sqlite3.Connection) -> list[Concept]:
    """Return every concept, in the order in which they were stored: best first."""
    return list(concepts_by_key(db).values())


def concepts_by_key(db: sqlite3.Connection, keys: Sequence[int] | None = None) -> dict[int, Concept]:
    """Return the concepts with these keys, or all, by key, in the order of their keys."""
    only, values = _only(keys)
    spelt: dict[int, list[str]] = {}
    merges: dict[int, list[Merge]] = {}
    question = f"select concept, key, other, witness from spellings {only.format('concept')} order by key"
    for number, key, other, witness in db.execute(question, values):
        spelt.setdefault(number, []).append(key)
        if witness:
            merges.setdefault(number, []).append(Merge(key, other, witness))
    rows = db.execute(
        "select key, id, name, label_en, label_zh, aliases, kind, n_sources, n_mentions, score "
        f"from concepts {only.format('key')} order by key",
        values,
    )
    return {
        number: Concept(
            name, label, en, zh, tuple(json.loads(aliases)), frozenset(spelt.get(number, ())), kind, sources, mentions,
            score, tuple(merges.get(number, ())),
        )
        for number, name, label, en, zh, aliases, kind, sources, mentions, score in rows
    }  # fmt: skip


def names_by_key(db: sqlite3.Connection, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return all names of the concepts that have these keys, labels first, by key; of two with one key the better's."""
    rows = db.execute(
        "select spellings.key, label_en, label_zh, aliases from spellings join concepts on concepts.key = concept "
        "where spellings.key in (select value from json_each(?)) order by concept desc",
        (dump(sorted(keys)),),
    )
    return {
        key: tuple(dict.fromkeys(name for name in (en, zh, *json.loads(aliases)) if name))
        for key, en, zh, aliases in rows
    }


def read_relations(db: sqlite3.Connection) -> list[Relation]:
    """Return every relation with its quotes, by (a, b): what many of them share is read once, not with each."""
    ids = dict(db.execute("select key, id from concepts"))
    rows = db.execute("select chunks.key, id, url, lang, start from chunks join sources on sources.key = source")
    passages = {key: (chunk, url, lang, start) for key, chunk, url, lang, start in rows}
    quotes: dict[int, list[Evidence]] = {}
    with uncollected():
        for number, key, begin, quote in db.execute(
            "select relation, chunk, start, quote from evidence order by relation, place"
        ):
            chunk, url, lang, start = passages[key]
            begin += start
            quotes.setdefault(number, []).append(Evidence(chunk, url, lang, quote, begin, begin + len(quote)))
        found = [
            Relation(ids[a], ids[b], kind, weight, llr, npmi, count, sources, sites, tuple(quotes.pop(key, ())))
            for key, a, b, kind, weight, llr, npmi, count, sources, sites in db.execute(
                "select key, a, b, type, weight, llr, npmi, count, n_sources, n_sites from relations"
            )
        ]
    return sorted(found, key=lambda relation: (relation.a, relation.b))


def relations_by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Relation]:
    """Return the relations with these keys, with their quotes, by key."""
    asked = (dump(keys),)
    quotes: dict[int, list[Evidence]] = {}
    rows = db.execute(
        "select relation, id, url, lang, quote, chunks.start + evidence.start from evidence "
        "join chunks on chunks.key = evidence.chunk join sources on sources.key = chunks.source "
        "where relation in (select value from json_each(?)) order by relation, place",
        asked,
    )
    for number, chunk, url, lang, quote, start in rows:
        quotes.setdefault(number, []).append(Evidence(chunk, url, lang, quote, start, start + len(quote)))
    relations = db.execute(
        "select relations.key, one.id, two.id, type, weight, llr, npmi, count, relations.n_sources, n_sites "
        "from relations join concepts as one on one.key = a join concepts as two on two.key = b "
        "where relations.key in (select value from json_each(?))",
        asked,
    )
    return {
        key: Relation(a, b, kind, weight, llr, npmi, count, sources, sites, tuple(quotes.get(key, ())))
        for key, a, b, kind, weight, llr, npmi, count, sources, sites in relations
    }


def _only(keys: Sequence[int] | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition, with room for a column, that leaves only these keys, and its values."""
    return ("", ()) if keys is None else ("where {} in (select value from json_each(?))", (dump(keys),))


def read_definitions(db: sqlite3.Connection, concept: str | None = None) -> list[Definition]:
    """Return the definitions of one concept, or of all, by concept and language."""
    rows = db.execute(
        "select concepts.id, chunks.id, url, lang, quote, chunks.start + definitions.start, definitions.score "
        "from definitions join concepts on concepts.key = concept join chunks on chunks.key = chunk "
        "join sources on sources.key = chunks.source where ? is null or concepts.id = ? order by concepts.id, lang",
        (concept, concept),
    )
    return [
        Definition(name, Evidence(chunk, url, lang, quote, start, start + len(quote)), score)
        for name, chunk, url, lang, quote, start, score in rows
    ]


def read_articles(db: sqlite3.Connection) -> list[Article]:
    """Return every source that has a text, with the concepts it mentions, by URL."""
    counts: dict[str, dict[str, int]] = {}
    rows = db.execute(
        "select url, concepts.id, sum(count) from places join concepts on concepts.key = concept "
        "join chunks on chunks.key = chunk join sources on sources.key = chunks.source group by url, concepts.id"
    )
    for url, concept, count in rows:
        counts.setdefault(url, {})[concept] = count
    entries = {entry.canonical: entry for entry in reversed(listed(db)) if entry.chunks}
    return [
        Article(url, entry.title, entry.lang, entry.site, counts.get(url, {})) for url, entry in sorted(entries.items())
    ]


def read_mentions(db: sqlite3.Connection, concept: str) -> list[Evidence]:
    """Return every place where a concept is named, by URL and place: the quote is the name as it stands there."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, spans from places join concepts on concepts.key = concept "
        "join chunks on chunks.key = chunk join sources on sources.key = chunks.source "
        "where concepts.id = ? order by url, start",
        (concept,),
    )
    return [
        Evidence(name, url, lang, text[first:last], start + first, start + last)
        for name, url, lang, text, start, spans in rows
        for first, last in json.loads(spans)
    ]


def read_glosses(db: sqlite3.Connection, keys: Collection[str]) -> dict[frozenset[str], list[Evidence]]:
    """Return where passages say that two of these keys are one, by the two, then by URL and place. Reads them all."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, glosses from found join chunks on chunks.key = found.chunk "
        "join sources on sources.key = chunks.source where glosses != '[]' order by url, start"
    )
    said: dict[frozenset[str], list[Evidence]] = {}
    for name, url, lang, text, start, glosses in rows:
        for first, last, left, right in json.loads(glosses):
            if left in keys and right in keys:
                quote = Evidence(name, url, lang, text[first:last], start + first, start + last)
                said.setdefault(frozenset((left, right)), []).append(quote)
    return said


def glossed(db: sqlite3.Connection) -> set[frozenset[str]]:
    """Return each two keys of which some passage says that they are one."""
    rows = db.execute("select glosses from found where glosses != '[]'")
    return {frozenset((left, right)) for (glosses,) in rows for _, _, left, right in json.loads(glosses)}


def read_spoken(db: sqlite3.Connection, concept: str) -> Iterator[Passage]:
    """Yield the passages that name a concept, by URL and place, with its places alone and without topics."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, sentences, spans from places "
        "join concepts on concepts.key = concept join found on found.chunk = places.chunk "
        "join chunks on chunks.key = places.chunk join sources on sources.key = chunks.source "
        "where concepts.id = ? order by url, start",
        (concept,),
    )
    for name, url, lang, text, start, sentences, spans in rows:
        within = tuple((first, last) for first, last in json.loads(sentences))
        firsts = [first for first, _ in within]
        there = (Place(concept, first, last, bisect.bisect(firsts, first) - 1) for first, last in json.loads(spans))
        yield Passage(name, url, lang, text, start, within, tuple(there))


def langs_of(db: sqlite3.Connection, concepts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the languages of the passages that name each of these concepts, by its id."""
    rows = db.execute(
        "select distinct concepts.id, lang from concepts join places on concept = concepts.key "
        "join chunks on chunks.key = chunk where concepts.id in (select value from json_each(?))",
        (dump(sorted(concepts)),),
    )
    found: dict[str, set[str]] = {}
    for name, lang in rows:
        found.setdefault(name, set()).add(lang)
    return {name: frozenset(langs) for name, langs in found.items()}


def concepts_only_in(db: sqlite3.Connection, url: str) -> set[str]:
    """Return the ids of the concepts that no other source than this (canonical URL) names."""
    rows = db.execute(
        "select concepts.id from concepts join places on concept = concepts.key join chunks on chunks.key = chunk "
        "where concepts.key in (select concept from places join chunks on chunks.key = chunk join sources "
        "on sources.key = chunks.source where url = ?) group by concepts.key having count(distinct source) = 1",
        (url,),
    )
    return {name for (name,) in rows}


def joined_elsewhere(db: sqlite3.Connection, url: str, a: str, b: str) -> bool:
    """Return whether a passage of another source than this (canonical URL) names both of two concepts."""
    row = db.execute(
        "select 1 from places as one join places as two on two.chunk = one.chunk join chunks on chunks.key = one.chunk "
        "where one.concept = (select key from concepts where id = ?) and two.concept = (select key from concepts "
        "where id = ?) and source != (select key from sources where url = ?) limit 1",
        (a, b, url),
    ).fetchone()
    return row is not None


def missing_names(db: sqlite3.Connection, names: Sequence[str], made_by: str) -> list[str]:
    """Return those of the names that have no vector of this encoder, each once, in their order."""
    had = {name for (name,) in db.execute("select name from names where made_by = ?", (made_by,))}
    return [name for name in dict.fromkeys(names) if name not in had]


def save_names(db: sqlite3.Connection, names: Sequence[str], vectors: NDArray[np.float32], made_by: str) -> None:
    """Keep the vectors (len(names), d) of these names; `write_graph` drops those that no concept has."""
    rows = [(name, made_by, vector.astype("<f2").tobytes()) for name, vector in zip(names, vectors, strict=True)]
    db.executemany("insert or replace into names values (?, ?, ?)", rows)


def read_names(db: sqlite3.Connection) -> dict[str, NDArray[np.float32]]:
    """Return the vector (d,) of each concept's name."""
    rows = db.execute("select name, vector from names order by name")
    return {name: np.frombuffer(vector, "<f2").astype(np.float32) for name, vector in rows}


def dump_found(found: Found) -> tuple[str, str, str]:
    """Return sentences, mentions and glosses as JSON."""
    mentions = [(m.start, m.end, m.sentence, m.key, sorted(m.cues)) for m in found.mentions]
    glosses = [(gloss.start, gloss.end, gloss.left, gloss.right) for gloss in found.glosses]
    return dump(found.sentences), dump(mentions), dump(glosses)


def load_found(sentences: str, mentions: str, glosses: str) -> Found:
    """Return what `dump_found` wrote."""
    return Found(
        tuple((start, end) for start, end in json.loads(sentences)),
        tuple(
            Mention(start, end, sentence, key, frozenset(cues))
            for start, end, sentence, key, cues in json.loads(mentions)
        ),
        tuple(Gloss(*row) for row in json.loads(glosses)),
    )


def dump(value: object) -> str:
    """Return JSON without blanks, its characters as they are."""
    return _JSON.encode(value)
