"""The concept graph as tables that every export is written from, and as a networkx.MultiDiGraph. Pure.

    nodes   concepts under their id, sources under `source-` and a digest of their URL
    edges   source -> concept ('mentions', with the count; as one source's word it weighs less than 1), and
            concept -> concept, one for each relation. A relation without direction (related, compared-with)
            stands once, from the smaller id to the larger, `symmetric` true.

Attributes are strings, ints, floats and bools, so that every format can hold them. No two edges join the same two
nodes in the same direction. docs/exports.md tells what each attribute says.
"""

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

import networkx as nx
import numpy as np

from kg.communities import communities
from kg.model import Article, Concept, Definition, Evidence, Relation
from kg.pagerank import pagerank
from kg.pattern import SYMMETRIC
from kg.subgraph import Subgraph

MAX_QUOTE_CHARS = 300  # in an edge attribute, where people read it in a table cell
# Ten colours that stay apart for most eyes (after Okabe and Ito); the largest communities take them in order.
PALETTE = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0),
    (86, 180, 233), (148, 103, 189), (140, 86, 75), (188, 189, 34), (23, 190, 207),
)  # fmt: skip
GREY = (150, 150, 150)  # sources, and communities beyond the tenth

ROWS_AT_ONCE = 64  # as they are written: some 50 kB of text, which a processor's cache holds

Value: TypeAlias = str | int | float | bool
Row: TypeAlias = tuple[Value, ...]
_Item = TypeVar("_Item")
Columns: TypeAlias = Sequence[Sequence[Value]]  # of some rows


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Nodes or edges of one kind. Rows begin with their id, or with the ids of both ends; then come the attributes."""

    attributes: Mapping[str, type]  # str, int, float or bool by name, in the order of the row
    # Some rows at a time, made as they are read: a large graph never stands in memory twice. Column by column, as a
    # million rows are made and written in two thirds of the time so.
    columns: Callable[[], Iterator[Columns]]

    def rows(self) -> Iterator[Row]:
        """Yield the rows, one by one."""
        for some in self.columns():
            yield from zip(*some, strict=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Tables:
    """A graph as its writers see it. An attribute has one type, whatever the tables it stands in."""

    nodes: tuple[Table, ...]
    edges: tuple[Table, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How a concept stands among the others."""

    pagerank: float  # over the relations, by weight; all of them sum to 1
    size: float  # of its circle: 10 to 50
    community: int  # by Louvain over the relations (communities.py); the largest is 0

    @property
    def colour(self) -> tuple[int, int, int]:
        """Red, green and blue of its community."""
        return PALETTE[self.community] if self.community < len(PALETTE) else GREY


CONCEPT = {
    "label": str, "name": str, "label_en": str, "label_zh": str, "aliases": str, "kind": str, "df": int,
    "n_sources": int, "n_mentions": int, "pagerank": float, "community": int, "size": float, "r": int, "g": int,
    "b": int, "definition": str, "definition_url": str,
}  # fmt: skip
SOURCE = {
    "label": str, "name": str, "kind": str, "lang": str, "url": str, "description": str, "size": float, "r": int,
    "g": int, "b": int,
}  # fmt: skip
MENTION = {
    "type": str, "interaction": str, "label": str, "symmetric": bool, "weight": float, "count": int, "n_sources": int,
    "langs": str,
}  # fmt: skip
RELATION = {
    "type": str, "interaction": str, "label": str, "symmetric": bool, "weight": float, "llr": float, "npmi": float,
    "count": int, "n_sources": int, "n_sites": int, "langs": str, "evidence": str, "evidence_url": str,
}  # fmt: skip


def graph(
    concepts: Iterable[Concept],
    relations: Iterable[Relation],
    articles: Iterable[Article],
    definitions: Iterable[Definition] = (),
) -> "nx.MultiDiGraph[str]":
    """Return the graph of all these; the same in whatever order they come."""
    whole = tables(Subgraph.of(concepts, relations, articles, definitions))
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph(id="ideagraph")
    for table in whole.nodes:
        made.add_nodes_from((str(row[0]), dict(zip(table.attributes, row[1:], strict=True))) for row in table.rows())
    for table in whole.edges:
        made.add_edges_from(
            (str(row[0]), str(row[1]), dict(zip(table.attributes, row[2:], strict=True))) for row in table.rows()
        )
    return made


def tables(part: Subgraph) -> Tables:
    """Return the rows of a subgraph: concepts by id and sources by URL, then mentions and relations by their ends."""
    return tables_of(part, standings(part))


def tables_of(part: Subgraph, standing: Mapping[str, Standing]) -> Tables:
    """Return the same, where it is known how each concept stands."""
    defined = _defined(part)
    return Tables(
        nodes=(
            Table(
                CONCEPT,
                lambda: _by_column(_concept(each, standing[each.id], defined.get(each.id)) for each in part.concepts),
            ),
            Table(SOURCE, lambda: _by_column(map(_source, part.articles))),
        ),
        edges=(
            Table(MENTION, lambda: _by_column(row for article in part.articles for row in _mentions(article))),
            Table(RELATION, lambda: map(_relations, _parts(part.relations))),
        ),
    )


def _parts(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    waiting = iter(items)
    while some := list(itertools.islice(waiting, ROWS_AT_ONCE)):
        yield some


def _by_column(rows: Iterable[Row]) -> Iterator[Columns]:
    return (list(zip(*some, strict=True)) for some in _parts(rows))


def standings(part: Subgraph) -> Mapping[str, Standing]:
    """Return how each concept stands, by id: the one thing here whose cost grows faster than the graph."""
    if not part.concepts:
        return {}
    number = {concept.id: i for i, concept in enumerate(part.concepts)}
    a, b = (np.array([number[getattr(link, end)] for link in part.relations], np.int64) for end in ("a", "b"))
    weights = np.array([link.weight for link in part.relations], np.float64)
    ranks, known = pagerank(len(number), a, b, weights), part.communities
    members = [known[name] for name in number] if known else communities(len(number), a, b, weights).tolist()
    sizes = 10.0 + 40.0 * ranks / ranks.max()
    rows = zip(part.concepts, ranks.tolist(), sizes.tolist(), members, strict=True)
    return {concept.id: Standing(rank, size, member) for concept, rank, size, member in rows}


def source_id(url: str) -> str:
    """Return the node of a source: stable, ASCII."""
    return f"source-{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _defined(part: Subgraph) -> Mapping[str, Evidence]:
    """Return the best definition of each concept that has one, whatever its language."""
    ranked = sorted(part.definitions, key=lambda each: (each.score, each.evidence.lang == "en"))
    return {each.concept: each.evidence for each in ranked}


def _concept(concept: Concept, standing: Standing, definition: Evidence | None) -> Row:
    return (
        concept.id, concept.name, concept.name, concept.label_en, concept.label_zh, "|".join(concept.aliases),
        concept.kind or "concept", concept.n_sources, concept.n_sources, concept.n_mentions, standing.pagerank,
        standing.community, standing.size, *standing.colour, *(_shown(definition) if definition else ("", "")),
    )  # fmt: skip


def _source(article: Article) -> Row:
    title = article.title or article.url
    return (source_id(article.url), title, title, "source", article.lang, article.url, article.site, 8.0, *GREY)


def _mentions(article: Article) -> Iterator[Row]:
    source = source_id(article.url)
    for concept, count in sorted(article.mentions.items()):
        yield (
            source, concept, "mentions", "mentions", "mentions", False, count / (1 + count), count, 1, article.lang,
        )  # fmt: skip


def _relations(some: Sequence[Relation]) -> Columns:
    types = [each.type for each in some]
    shown = [_shown(each.evidence[0]) for each in some]
    return (
        [each.a for each in some], [each.b for each in some], types, types, types,
        [type_ in SYMMETRIC for type_ in types],
        [each.weight for each in some], [each.llr for each in some], [each.npmi for each in some],
        [each.count for each in some], [each.n_sources for each in some], [each.n_sites for each in some],
        [_languages(each.evidence) for each in some], [quote for quote, _ in shown], [url for _, url in shown],
    )  # fmt: skip


def _languages(evidence: Sequence[Evidence]) -> str:
    return evidence[0].lang if len(evidence) == 1 else "|".join(sorted({each.lang for each in evidence} - {""}))


def _shown(evidence: Evidence) -> tuple[str, str]:
    """Return a quote that fits a cell, and where it stands."""
    quote = evidence.quote.strip()
    if "  " in quote or not quote.isprintable():  # as of any blank but a space
        quote = " ".join(quote.split())
    if len(quote) > MAX_QUOTE_CHARS:
        quote = quote[: MAX_QUOTE_CHARS - 1] + "…"
    return quote, evidence.url
