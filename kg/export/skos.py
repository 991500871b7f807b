"""The graph as SKOS concepts in Turtle: names by language, typed relations with their quotes, sources.

`is-a`, `part-of` and `variant-of` become skos:broader, the rest skos:related. SKOS wants the two kept apart (its
condition S27: what is broader, however far up, is not related), so that a pair that stands in a line of broader
concepts is not called related as well. Each relation is told once more as an rdf:Statement with its weight and quotes.
"""

import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import IO

from kg.export.files import clean
from kg.graph import source_id
from kg.model import Article, Concept, Evidence, Relation
from kg.pattern import IS_A, PART_OF, VARIANT_OF
from kg.subgraph import Subgraph

BROADER = frozenset({IS_A, PART_OF, VARIANT_OF})
_PREFIXES = """\
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix idea: <urn:ideagraph:term:> .

<urn:ideagraph:scheme> a skos:ConceptScheme .
"""
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_TAG = re.compile(r"[a-zA-Z]+(-[a-zA-Z0-9]+)*")


def write_skos(part: Subgraph, file: IO[bytes]) -> None:
    """Write the concepts, what joins them and their sources to an open binary file, as Turtle in UTF-8."""
    file.write(_PREFIXES.encode())
    sources: dict[str, list[str]] = {}
    for article in part.articles:
        for mention in article.mentions:
            sources.setdefault(mention, []).append(article.url)
    links: dict[str, list[str]] = {}
    for definition in part.definitions:
        links.setdefault(definition.concept, []).append(_definition(definition.evidence))
    above = _above(part.relations)
    for relation in part.relations:
        if relation.type in BROADER:
            links.setdefault(relation.a, []).append(f"skos:broader {_concept_iri(relation.b)}")
        elif relation.b not in above.get(relation.a, ()) and relation.a not in above.get(relation.b, ()):
            links.setdefault(relation.a, []).append(f"skos:related {_concept_iri(relation.b)}")
    for concept in part.concepts:
        said = [*_names(concept), *links.get(concept.id, ())]
        said += [f"dct:source {_source_iri(url)}" for url in sources.get(concept.id, ())]
        file.write(_block(_concept_iri(concept.id), "skos:Concept", said).encode())
    for article in part.articles:
        file.write(_block(_source_iri(article.url), "foaf:Document", _source(article)).encode())
    for relation in part.relations:
        name = f"<urn:ideagraph:relation:{_quoted(relation.a)}:{_quoted(relation.b)}>"
        file.write(_block(name, "rdf:Statement", _statement(relation)).encode())


def _names(concept: Concept) -> Iterator[str]:
    """Yield the names of a concept: at most one preferred in a language, and no other that is equal to it."""
    preferred = {lang: clean(name) for lang, name in (("en", concept.label_en), ("zh", concept.label_zh)) if name}
    if not preferred:
        preferred = {_script(concept.name): clean(concept.name)}
    yield "skos:inScheme <urn:ideagraph:scheme>"
    for lang, name in preferred.items():
        yield f"skos:prefLabel {_literal(name, lang)}"
    every = dict.fromkeys((_script(name), clean(name)) for name in (concept.name, *concept.aliases))
    for lang, name in every:
        if name and preferred.get(lang) != name:
            yield f"skos:altLabel {_literal(name, lang)}"
    if concept.kind:
        yield f"dct:type {_literal(concept.kind)}"
    yield f"idea:sources {concept.n_sources}"
    yield f"idea:mentions {concept.n_mentions}"


def _source(article: Article) -> Iterator[str]:
    if article.title:
        yield f"dct:title {_literal(article.title, article.lang)}"
    if article.lang:
        yield f"dct:language {_literal(article.lang)}"
    yield f"dct:identifier {_literal(article.url)}"
    for concept in sorted(article.mentions):
        yield f"dct:subject {_concept_iri(concept)}"


def _statement(relation: Relation) -> Iterator[str]:
    yield f"rdf:subject {_concept_iri(relation.a)}"
    yield f"rdf:predicate skos:{'broader' if relation.type in BROADER else 'related'}"
    yield f"rdf:object {_concept_iri(relation.b)}"
    yield f"dct:type {_literal(relation.type)}"
    yield f'idea:weight "{relation.weight!r}"^^xsd:double'
    for quote in relation.evidence:
        yield f"idea:evidence [ rdf:value {_literal(quote.quote, quote.lang)} ; dct:source {_source_iri(quote.url)} ]"


def _definition(said: Evidence) -> str:
    """Return a definition as a node of its own (SKOS Primer, 4.2), so that its source can stand beside it."""
    return f"skos:definition [ rdf:value {_literal(said.quote, said.lang)} ; dct:source {_source_iri(said.url)} ]"


def _block(name: str, kind: str, said: Iterable[str]) -> str:
    return "\n" + " ;\n    ".join([f"{name} a {kind}", *said]) + " .\n"


def _above(relations: Iterable[Relation]) -> dict[str, set[str]]:
    """Return all that is broader than a concept, however far up, for those that have any."""
    parents: dict[str, set[str]] = {}
    for relation in relations:
        if relation.type in BROADER:
            parents.setdefault(relation.a, set()).add(relation.b)
    found = {}
    for concept in parents:
        seen: set[str] = set()
        left = [concept]
        while left:
            new = parents.get(left.pop(), set()) - seen
            seen |= new
            left += new
        found[concept] = seen
    return found


def _script(name: str) -> str:
    return "zh" if _HAN.search(name) else "en"


def _literal(text: str, lang: str = "") -> str:
    # JSON's escapes are Turtle's; a lone \u007f need not be escaped in either
    return json.dumps(clean(text), ensure_ascii=False) + (f"@{lang}" if _TAG.fullmatch(lang) else "")


def _concept_iri(concept: str) -> str:
    return f"<urn:ideagraph:concept:{_quoted(concept)}>"


def _source_iri(url: str) -> str:
    """Return the address of a source as an IRI; one that is none gets a name instead."""
    if re.match(r"https?://", url):
        return f"<{urllib.parse.quote(clean(url), safe=':/?#[]@!$&()*+,;=%~-._' + chr(39))}>"
    return f"<urn:ideagraph:{source_id(url)}>"


def _quoted(name: str) -> str:
    return urllib.parse.quote(clean(name), safe="")
