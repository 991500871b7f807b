"""Questions that compare what sources say: across languages, in reading order, what is new, where they differ."""

import collections
import dataclasses
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from corpus import tables as corpus_tables
from corpus.errors import NotFound
from corpus.language import script_language
from corpus.sentences import sentences
from corpus.tables import Listed, Placed
from index import tables as index_tables
from index.join import meaning
from index.near import Near, Neighbour, likeness, near
from index.query import language
from index.view import View
from kg import bridge, disagree, news, tables, versions
from kg import order as reading_order
from kg.model import Concept, Evidence, Passage, Relation
from kg.quotes import is_whole
from kg.related import place_of, related
from kg.relations import MIN_LLR
from kg.resolve import called, first_named
from kg.telling import Said
from kg.web import Web
from service.answers import EvidenceRow, HitRow
from service.idea_rows import concept_fields, concept_row
from service.reading_rows import (
    AddsRow,
    BridgePage,
    ClaimRow,
    CoverageRow,
    DisagreeRow,
    LeanRow,
    NewConceptRow,
    NewPage,
    NewPassageRow,
    NewRelationRow,
    OnlyRow,
    SaidRow,
    StepRow,
    VersionRow,
)

NEAR = 40  # concepts that belong to one, whose introductions make an order
_LEAST = 0.1  # what the farthest of them weighs beside the nearest
_WEIGHED = 400  # passages of a language that are weighed, those that name a concept most often: .3 s
_ONLY = 8  # concepts shown that one language alone joins to another
_PAIRS = 2  # counterparts shown of a translation
_NEAREST = 3  # passages looked up for each of a new source, so that an original which stands there twice is found
_TIE = 0.02  # of cosines, between a passage and its copy
_COPIED_FROM = 5  # sources whose words are compared
_ADDS, _LEANS = 5, 3  # shown of a step
_SENTENCE = 20  # characters of a line that is more than a heading


@dataclasses.dataclass(frozen=True, slots=True)
class Sayings:
    """A library's graph, texts and vectors at one moment, as these questions need them."""

    db: sqlite3.Connection
    entry: Callable[[str], Listed]  # by canonical URL
    quote: Callable[[Evidence], EvidenceRow]  # as people see it
    concepts: Sequence[Concept]
    web: Web
    view: Callable[[], View]
    hits: Callable[[str, str, int], Sequence[HitRow]]  # the k passages nearest to a text in a language

    def concept(self, concept: str) -> Concept:
        """Return the concept of an id."""
        return self.web.concept(place_of(self.web, concept))

    def named(self, concept: str) -> str:
        """Return the name of a concept."""
        return self.concept(concept).name

    def relations(self, concepts: Iterable[str]) -> list[Relation]:
        """Return the relations of some concepts, each once."""
        net = self.web.net
        rows = [net.row(place_of(self.web, concept)) for concept in concepts]
        numbers = sorted({int(number) for row in rows for number in net.links[row]})
        return self.web.shelf.relations(numbers)


def bridge_to(library: Sayings, query: str, *, k: int, lang: str = "") -> BridgePage:
    """Return what is said about a concept, or near a text that names none, in other languages than the question's.

    With `lang`, what is said in that language.

    Raises:
        NotFound: the library holds no other language, or not this one.
    """
    own = script_language(query, "en")
    there = index_tables.languages(library.db)
    langs = [language(lang)] if lang else [name for name in there if name not in (own, "")]
    if not langs or not set(langs) <= set(there):
        wanted = f"the language {lang}" if lang else "another language"
        raise NotFound(f"no passage is in {wanted}: there are {', '.join(filter(None, there))}")
    try:
        concept = called(query, library.concepts)
    except NotFound as unknown:
        hits = tuple(hit for name in langs for hit in library.hits(query, name, k))
        return BridgePage(query, own, None, unknown.near, (), (), hits, ())
    covered = bridge.coverage(tables.read_mentions(library.db, concept.id))
    passages = list(tables.Passages(library.db, library.concepts).naming(concept.id, _WEIGHED))
    closeness = _closeness(library, concept, [passage.chunk for passage in passages])
    said = bridge.across(passages, concept.id, closeness, langs, k)
    silent = [name for name in langs if all(each.passage.lang != name for each in said)]
    links = {(each.b if each.a == concept.id else each.a): each for each in library.relations([concept.id])}
    spoken = [each.lang for each in covered]
    only = bridge.only(passages, concept.id, links, tables.langs_of(library.db, links), spoken)
    shown = [each for name in spoken for each in [row for row in only if row.lang == name][:_ONLY]]
    return BridgePage(
        query,
        own,
        concept_row(concept),
        (),
        tuple(CoverageRow(each.lang, each.n_sources, each.n_mentions) for each in covered),
        tuple(_said_row(library, each) for each in said),
        tuple(hit for name in silent for hit in library.hits(query, name, k)),
        tuple(_only_row(library, each) for each in shown),
    )


def _closeness(library: Sayings, concept: Concept, chunks: Sequence[str]) -> Mapping[str, float]:
    """Return how near passages are to a concept's name in meaning, by chunk id; nothing where it has no vector."""
    vector = tables.read_names(library.db).get(concept.name)
    if vector is None or not chunks:
        return {}
    view = library.view()
    keys = corpus_tables.chunk_keys(library.db, chunks)
    scores = meaning(library.db, view, view.centred_query(vector, concept.name), keys.values(), {}).scores
    return {name: scores[key] for name, key in keys.items() if key in scores}


def order(library: Sayings, name: str, *, k: int, lang: str = "") -> list[StepRow]:
    """Return the sources that say something substantial about a concept (in a language), in reading order, at most k.

    Raises:
        NotFound: none has this name; `near` lists what comes close.
    """
    concept = first_named(name, library.concepts)
    near_it = neighbourhood(library.web, concept.id)
    passages = tables.Passages(library.db, library.concepts)
    said = (each for each in passages.naming(concept.id, _WEIGHED) if not lang or each.lang == language(lang))
    substance = reading_order.substantial(said, concept.id)
    most = sorted(substance, key=lambda url: (-substance[url], url))[: min(k, reading_order.MOST)]
    texts = {url: list(passages.of(url)) for url in most}
    readings = [reading_order.reading(texts[url], substance[url], near_it) for url in most]
    refers = reading_order.references(texts.values(), near_it)
    steps = reading_order.ordered(readings, near_it, refers, concept.id)
    rows = [_step_row(library, concept, place, step) for place, step in enumerate(steps, 1)]
    alone = "the only source that says much of it" + (f" in {lang}" if lang else "")
    return [dataclasses.replace(row, reason=alone) for row in rows] if len(rows) == 1 else rows


def neighbourhood(web: Web, concept: str) -> Mapping[str, float]:
    """Return a concept and what belongs to it, with weights up to 1."""
    found = related(web, concept, NEAR)
    top = found[0].score if found else 1.0
    return {concept: 1.0} | {each.concept.id: max(_LEAST, each.score / top) for each in found}


def new(library: Sayings, url: str, *, k: int) -> NewPage:
    """Return what a source (canonical URL) says that no other does, at most k rows of a kind."""
    db, source = library.db, library.entry(url)
    passages = list(tables.Passages(db, library.concepts).of(url))
    found = near(db, library.view(), url, _NEAREST)
    keys = {one.key for one in found} | {each.key for one in found for each in (*one.same, *one.other)}
    placed = corpus_tables.placed(db, keys)
    nearest = {placed[one.key].id: _nearest(one, placed) for one in found}
    fresh = tables.concepts_only_in(db, url)
    relations = _joined_only_in(library, url, passages)
    said = news.new_passages(passages, nearest, fresh)
    concepts = news.new_concepts(passages, [concept for concept in library.concepts if concept.id in fresh])
    return NewPage(
        source.url,
        source.title,
        source.lang,
        tuple(_version_row(library, each, placed, url) for each in _versions(library, url, found, placed)),
        len(concepts),
        len(relations),
        len(said),
        len(passages),
        tuple(
            NewConceptRow(**concept_fields(each.concept), evidence=(library.quote(each.evidence),))
            for each in concepts[:k]
        ),
        tuple(_new_relation_row(library, each) for each in news.new_relations(relations, fresh)[:k]),
        tuple(
            NewPassageRow(
                each.passage.chunk, each.passage.heading, round(each.closeness, 3),
                library.entry(each.nearest).url if each.nearest else "", (library.quote(each.evidence),),
            )
            for each in said[:k]
        ),
    )  # fmt: skip


def _nearest(one: Near, placed: Mapping[int, Placed]) -> tuple[str, float]:
    """Return URL and cosine of what is nearest to a passage in any language, '' and 0 where there is nothing."""
    best = max((*one.same[:1], *one.other[:1]), key=lambda each: (each.cosine, -each.key), default=None)
    return (placed[best.key].url, best.cosine) if best else ("", 0.0)


def _versions(
    library: Sayings, url: str, found: Sequence[Near], placed: Mapping[int, Placed]
) -> list[versions.Version]:
    pairs = [
        versions.Pair(placed[one.key].nth, placed[each.key].url, placed[each.key].nth, each.cosine)
        for one in found
        for each in nearest_of_each(one.other, placed)
    ]
    counts = collections.Counter(placed[each.key].url for one in found for each in one.same)
    likely = sorted(counts, key=lambda other: (-counts[other], other))[:_COPIED_FROM]
    texts = {other: _text(library.db, other) for other in likely}
    keys = {(one.url, one.nth): one.key for one in placed.values()}

    def alike(chain: Sequence[versions.Pair]) -> float:
        both = [(keys[url, pair.own], keys[pair.url, pair.other]) for pair in chain]
        return likeness(library.db, library.view(), both)

    translated = versions.translations(pairs, len(found), alike)
    known = {each.url for each in translated}  # a translation has the code and the formulas of the original
    copied = [each for each in versions.copies(_text(library.db, url), texts) if each.whole or each.url not in known]
    return [*copied, *translated]


def nearest_of_each(found: Sequence[Neighbour], placed: Mapping[int, Placed]) -> list[Neighbour]:
    """Return the nearest, and the first of each further source that is as near: a copy."""
    first: dict[str, Neighbour] = {}
    for each in found:
        if each.cosine >= found[0].cosine - _TIE:
            first.setdefault(placed[each.key].url, each)
    return list(first.values())


def _text(db: sqlite3.Connection, url: str) -> str:
    document = corpus_tables.load_document(db, url)
    return document.text if document else ""


def _joined_only_in(library: Sayings, url: str, passages: Sequence[Passage]) -> list[Relation]:
    named = {place.concept for passage in passages for place in passage.places}
    return [
        relation
        for relation in library.relations(sorted(named))
        if relation.llr >= MIN_LLR
        and all(quote.url == url for quote in relation.evidence)
        and not tables.joined_elsewhere(library.db, url, relation.a, relation.b)
    ]


def disagreements(library: Sayings, a: str, b: str = "", *, k: int) -> list[DisagreeRow]:
    """Return the k pairs of claims about a concept (or about two) that differ most plainly, of different sources.

    Raises:
        NotFound: none has such a name; `near` lists what comes close.
    """
    wanted = [first_named(name, library.concepts).id for name in (a, b) if name]
    passages = tables.Passages(library.db, library.concepts).naming(wanted[0], _WEIGHED)
    found = disagree.disagreements(disagree.claims(passages), wanted)
    return [_disagree_row(library, pair) for pair in found[:k]]


# ---- rows


def _said_row(library: Sayings, each: Said) -> SaidRow:
    source, passage = library.entry(each.passage.url), each.passage
    return SaidRow(
        passage.chunk, source.url, source.title, passage.heading, passage.lang, source.published, each.mentions,
        each.defines, round(each.score, 4), tuple(map(library.quote, each.evidence)),
    )  # fmt: skip


def _only_row(library: Sayings, each: bridge.Only) -> OnlyRow:
    return OnlyRow(
        **concept_fields(library.concept(each.concept)), lang=each.lang, n_near_sources=each.n_sources,
        n_near=each.n_mentions, elsewhere=each.elsewhere, evidence=(library.quote(each.evidence),),
    )  # fmt: skip


def _step_row(library: Sayings, concept: Concept, place: int, step: reading_order.Step) -> StepRow:
    reading = step.reading
    source = library.entry(reading.url)
    stance = reading.stances[concept.id]

    def lean(name: str, count: int) -> LeanRow:
        return LeanRow(name, library.named(name), count, library.quote(reading.stances[name].evidence))

    prepares = tuple(lean(name, count) for name, count in step.prepares[:_LEANS])
    builds_on = tuple(lean(name, nth + 1) for name, nth in step.builds_on[:_LEANS])
    return StepRow(
        place, source.url, source.title, reading.lang, source.published, stance.mentions, round(stance.introduces, 2),
        tuple(
            AddsRow(name, library.named(name), library.quote(reading.stances[name].evidence))
            for name in step.adds[:_ADDS]
        ),
        prepares, builds_on, step.certain, _reason(place, prepares, builds_on, certain=step.certain),
    )  # fmt: skip


def _reason(place: int, prepares: Sequence[LeanRow], builds_on: Sequence[LeanRow], *, certain: bool) -> str:
    """Return in words why a source stands at its place."""
    parts = [f"introduces {lean.name}, taken as known by {lean.count} below" for lean in prepares[:2]]
    parts += [f"takes {lean.name} as known, introduced by no. {lean.count}" for lean in builds_on[:2]]
    if not certain:
        parts.append(f"hardly anything tells it from no. {place - 1}: they may be read the other way round")
    return "; ".join(parts) or "nothing ties it to the others: it stands where it disturbs least"


def _version_row(library: Sayings, each: versions.Version, placed: Mapping[int, Placed], url: str) -> VersionRow:
    source = library.entry(each.url)
    at = {(one.url, one.nth): one for one in placed.values()}
    nearest = sorted(each.pairs, key=lambda pair: (-pair.cosine, pair.own))
    quotes = ((_opening(at[url, pair.own]), _opening(at[each.url, pair.other])) for pair in nearest)
    whole = (pair for pair in quotes if all(is_whole(side.quote) for side in pair))
    pairs = tuple((library.quote(mine), library.quote(other)) for mine, other in itertools.islice(whole, _PAIRS))
    return VersionRow(
        source.url, source.title, source.lang, each.kind, each.whole, round(each.share, 3), round(each.likeness, 3),
        pairs,
    )  # fmt: skip


def _opening(passage: Placed) -> Evidence:
    """Return the first sentence of a passage that is no heading, as a quote."""
    spans = sentences(passage.text)
    start, end = next((span for span in spans if span[1] - span[0] >= _SENTENCE), spans[0])
    return Evidence(
        passage.id, passage.url, passage.lang, passage.text[start:end], passage.start + start, passage.start + end
    )


def _new_relation_row(library: Sayings, each: news.NewRelation) -> NewRelationRow:
    relation = each.relation
    return NewRelationRow(
        relation.a, library.named(relation.a), relation.b, library.named(relation.b), relation.type, relation.weight,
        each.known, tuple(map(library.quote, relation.evidence)),
    )  # fmt: skip


def _disagree_row(library: Sayings, pair: disagree.Disagreement) -> DisagreeRow:
    about = " ".join(library.named(word) if library.web.place(word) is not None else word for word in pair.a.matter)
    return DisagreeRow(pair.a.kind, about, _claim_row(library, pair.a), _claim_row(library, pair.b))


def _claim_row(library: Sayings, claim: disagree.Claim) -> ClaimRow:
    published = library.entry(claim.evidence.url).published
    return ClaimRow(claim.said, published, library.quote(claim.evidence))
