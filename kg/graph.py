"""The concept graph as a networkx.MultiDiGraph: sources and concepts. Pure.

    nodes   concepts under their id, sources under `source-` and a digest of their URL
    edges   source -> concept ('mentions', with the count; as one source's word it weighs less than 1), and
            concept -> concept, one for each relation. A relation without direction (related, compared-with)
            stands once, from the smaller id to the larger, `symmetric` true.

Attributes are strings, ints, floats and bools, so that every format can hold them. No two edges join the same two
nodes in the same direction.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

from kg.model import Article, Concept, Relation
from kg.patterns import SYMMETRIC

SEED = 0  # Louvain shuffles; the same seed over the same order of nodes gives the same communities
MAX_QUOTE_CHARS = 300  # in an edge attribute, where people read it in a table cell
# Ten colours that stay apart for most eyes (after Okabe and Ito); the largest communities take them in order.
PALETTE = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0),
    (86, 180, 233), (148, 103, 189), (140, 86, 75), (188, 189, 34), (23, 190, 207),
)  # fmt: skip
GREY = (150, 150, 150)  # sources, and communities beyond the tenth


def graph(
    concepts: Iterable[Concept], relations: Iterable[Relation], articles: Iterable[Article]
) -> "nx.MultiDiGraph[str]":
    """Return the graph of all these; the same in whatever order they come."""
    known = {concept.id: concept for concept in concepts}
    links = sorted(relations, key=lambda relation: (relation.a, relation.b))
    ranks, communities = _pagerank(sorted(known), links), _communities(sorted(known), links)
    largest = max(ranks.values(), default=1.0)
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph(id="ideagraph")
    for name in sorted(known):
        made.add_node(name, **_concept(known[name], ranks[name], ranks[name] / largest, communities[name]))
    for article in sorted(articles, key=lambda article: article.url):
        source = source_id(article.url)
        made.add_node(source, **_source(article))
        for concept, count in sorted(article.mentions.items()):
            made.add_edge(
                source, concept, type="mentions", interaction="mentions", label="mentions", symmetric=False,
                weight=count / (1 + count), count=count, n_sources=1, langs=article.lang,
            )  # fmt: skip
    for relation in links:
        made.add_edge(relation.a, relation.b, **_relation(relation))
    return made


def source_id(url: str) -> str:
    """Return the node of a source: stable, ASCII."""
    return f"source-{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _concept(concept: Concept, rank: float, size: float, community: int) -> dict[str, object]:
    red, green, blue = PALETTE[community] if community < len(PALETTE) else GREY
    return {
        "label": concept.name, "name": concept.name, "label_en": concept.label_en, "label_zh": concept.label_zh,
        "aliases": "|".join(concept.aliases), "kind": concept.kind or "concept", "df": concept.n_sources,
        "n_sources": concept.n_sources, "n_mentions": concept.n_mentions, "pagerank": rank, "community": community,
        "size": 10.0 + 40.0 * size, "r": red, "g": green, "b": blue,
    }  # fmt: skip


def _source(article: Article) -> dict[str, object]:
    red, green, blue = GREY
    title = article.title or article.url
    return {
        "label": title, "name": title, "kind": "source", "lang": article.lang, "url": article.url,
        "description": article.site, "size": 8.0, "r": red, "g": green, "b": blue,
    }  # fmt: skip


def _relation(relation: Relation) -> dict[str, object]:
    best = relation.evidence[0]
    quote = " ".join(best.quote.split())
    if len(quote) > MAX_QUOTE_CHARS:
        quote = quote[: MAX_QUOTE_CHARS - 1] + "…"
    return {
        "type": relation.type, "interaction": relation.type, "label": relation.type,
        "symmetric": relation.type in SYMMETRIC, "weight": relation.weight, "llr": relation.llr, "npmi": relation.npmi,
        "count": relation.count, "n_sources": relation.n_sources, "n_sites": relation.n_sites,
        "langs": "|".join(sorted({evidence.lang for evidence in relation.evidence} - {""})),
        "evidence": quote, "evidence_url": best.url,
    }  # fmt: skip


def _undirected(names: Sequence[str], links: Iterable[Relation]) -> "nx.Graph[int]":
    """Return the concepts alone, by their place in `names`: numbers, as the order of a set of strings is not stable."""
    number = {name: i for i, name in enumerate(names)}
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(range(len(names)))
    plain.add_weighted_edges_from((number[link.a], number[link.b], link.weight) for link in links)
    return plain


def _pagerank(names: Sequence[str], links: Iterable[Relation]) -> Mapping[str, float]:
    if not names:
        return {}
    ranks = nx.pagerank(_undirected(names, links))
    return {name: float(ranks[i]) for i, name in enumerate(names)}


def _communities(names: Sequence[str], links: Iterable[Relation]) -> Mapping[str, int]:
    """Return the community of each concept by Louvain, the largest numbered 0; ties by their first name."""
    if not names:
        return {}
    found = nx.community.louvain_communities(_undirected(names, links), seed=SEED)
    ordered = sorted((sorted(members) for members in found), key=lambda members: (-len(members), members[0]))
    return {names[i]: number for number, members in enumerate(ordered) for i in members}
