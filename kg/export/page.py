"""The graph as one HTML page that needs no network: a picture, a search box, and every quote with its source.

The places of the picture are computed here, so that they are the same each time. The page builds its text with
textContent alone, and its own policy (Content-Security-Policy) lets nothing run but the script whose digest it names.
"""

import base64
import hashlib
import json
import pathlib
import string
from collections.abc import Mapping, Sequence
from typing import IO

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kg.export.files import clean
from kg.graph import Standing, standings
from kg.model import Article, Relation
from kg.pattern import SYMMETRIC
from kg.subgraph import Subgraph

DRAWN = 300  # concepts in the picture, the best by PageRank; all of them are in the search
BACKBONE = 3  # of each concept's relations give the picture its shape, the strongest: with all of them it is a ball
ROUNDS = 300
SEED = 0  # of the places that the layout begins with
APART = 0.045  # of the picture's width: no two circles come closer
_PARTS = pathlib.Path(__file__).parent


def write_page(part: Subgraph, file: IO[bytes]) -> None:
    """Write the page to an open binary file, in UTF-8."""
    style, script = ((_PARTS / name).read_text("utf-8").strip() for name in ("page.css", "page.js"))
    template = string.Template((_PARTS / "page.html").read_text("utf-8"))
    # no `<` in the data: it can neither end its element nor begin another
    data = json.dumps(_data(part), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    page = template.substitute(
        style=style, script=script, style_digest=_digest(style), script_digest=_digest(script), data=data
    )
    file.write(page.encode())


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(part: Subgraph) -> dict[str, object]:
    """Return what the page knows. Concepts and sources are named by their place in their list."""
    standing = standings(part)
    ranked = sorted(part.concepts, key=lambda concept: (-standing[concept.id].pagerank, concept.id))
    number = {concept.id: i for i, concept in enumerate(ranked)}
    source = {article.url: i for i, article in enumerate(part.articles)}
    defined: dict[str, list[list[object]]] = {}
    for each in part.definitions:
        said = [source[each.evidence.url], each.evidence.lang, clean(each.evidence.quote)]
        defined.setdefault(each.concept, []).append(said)
    places = _places([concept.id for concept in ranked[:DRAWN]], part.relations, standing)
    return {
        "concepts": [
            {
                "id": clean(concept.id), "name": clean(concept.name), "en": clean(concept.label_en),
                "zh": clean(concept.label_zh), "aliases": [clean(name) for name in concept.aliases],
                "kind": clean(concept.kind), "sources": concept.n_sources, "mentions": concept.n_mentions,
                "size": round(standing[concept.id].size, 1), "colour": _hex(standing[concept.id].colour),
                "at": places.get(concept.id), "definitions": defined.get(concept.id, []),
            }
            for concept in ranked
        ],
        "sources": [
            {
                "url": clean(article.url), "title": clean(article.title), "lang": article.lang,
                "site": clean(article.site),
                "mentions": [[number[name], count] for name, count in _most(article)],
            }
            for article in part.articles
        ],
        "relations": [
            {
                "a": number[relation.a], "b": number[relation.b], "type": relation.type,
                "symmetric": relation.type in SYMMETRIC, "weight": round(relation.weight, 3),
                "quotes": [[source[quote.url], quote.lang, clean(quote.quote)] for quote in relation.evidence],
            }
            for relation in sorted(part.relations, key=lambda link: (-link.weight, link.a, link.b))
        ],
    }  # fmt: skip


def _most(article: Article) -> list[tuple[str, int]]:
    """Return what a source mentions, most often first."""
    return sorted(article.mentions.items(), key=lambda item: (-item[1], item[0]))


def _hex(colour: tuple[int, int, int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _places(
    names: Sequence[str], relations: Sequence[Relation], standing: Mapping[str, Standing]
) -> dict[str, tuple[int, int]]:
    """Return where each of these concepts stands, in a square from -1000 to 1000.

    Springs between each concept and its strongest partners (Fruchterman and Reingold 1991), then circles that lie on
    one another are pushed apart.
    """
    number = {name: i for i, name in enumerate(names)}
    links: list[list[tuple[float, int, int]]] = [[] for _ in names]
    for relation in relations:
        if relation.a in number and relation.b in number:
            a, b = number[relation.a], number[relation.b]
            links[a].append((-relation.weight, a, b))
            links[b].append((-relation.weight, a, b))
    shape: nx.Graph[int] = nx.Graph()
    shape.add_nodes_from(range(len(names)))
    for near in links:
        shape.add_weighted_edges_from((a, b, -weight) for weight, a, b in sorted(near)[:BACKBONE])
    if not names:
        return {}
    found = nx.spring_layout(shape, k=2.2 / len(names) ** 0.5, iterations=ROUNDS, seed=SEED, method="force")
    at = np.array([found[i] for i in range(len(names))], np.float64)  # (n, 2)
    at = _apart(_evened(at), np.array([standing[name].size for name in names]) / 50)
    at = at - (at.max(axis=0) + at.min(axis=0)) / 2
    at = 1000 * at / max(float(np.abs(at).max()), 1e-9)
    return {name: (round(float(x)), round(float(y))) for name, (x, y) in zip(names, at, strict=True)}


def _evened(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places (n, 2) with what lies far out, alone, drawn in: half-way to their rank along each axis."""
    ranks = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0, kind="stable") / max(len(at) - 1, 1) - 0.5
    span = np.maximum(at.max(axis=0) - at.min(axis=0), 1e-9)
    middle = (at.max(axis=0) + at.min(axis=0)) / 2
    even: NDArray[np.float64] = (at - middle) / span + ranks
    return even


def _apart(at: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places (n, 2) with those that are too close pushed apart; `sizes` (n,) are at most 1."""
    least = APART * (0.5 + (sizes[:, None] + sizes[None, :]) / 2)  # (n, n)
    for _ in range(60):
        gap = at[:, None, :] - at[None, :, :]  # (n, n, 2)
        length = np.sqrt((gap**2).sum(axis=2))
        push = np.where(length < least, (least - length) / (2 * np.maximum(length, 1e-6)), 0.0)
        np.fill_diagonal(push, 0.0)
        at = at + (gap * np.minimum(push, 1.0)[:, :, None]).sum(axis=1) * 0.5
    return at
