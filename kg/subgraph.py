"""What of the graph is exported: all of it, or the part that some words and numbers narrow it to. Pure."""

import dataclasses
from collections.abc import Iterable, Mapping

from kg.model import Article, Concept, Definition, Relation


@dataclasses.dataclass(frozen=True, slots=True)
class Subgraph:
    """Concepts, what joins them, and the sources that speak of them; every end and every quote's source is in it."""

    concepts: tuple[Concept, ...]  # by id
    relations: tuple[Relation, ...]  # by (a, b)
    articles: tuple[Article, ...]  # by url
    definitions: tuple[Definition, ...] = ()  # by concept and language
    communities: Mapping[str, int] | None = None  # of the concepts, by id, where they are known (communities.py)

    @classmethod
    def of(
        cls,
        concepts: Iterable[Concept],
        relations: Iterable[Relation],
        articles: Iterable[Article],
        definitions: Iterable[Definition] = (),
        communities: Mapping[str, int] | None = None,
    ) -> "Subgraph":
        """Return the whole of these; the same in whatever order they come."""
        return cls(
            tuple(sorted(concepts, key=lambda concept: concept.id)),
            tuple(sorted(relations, key=lambda relation: (relation.a, relation.b))),
            tuple(sorted(articles, key=lambda article: article.url)),
            tuple(sorted(definitions, key=lambda each: (each.concept, each.evidence.lang))),
            communities,
        )

    def narrowed(
        self, *, lang: str = "", kind: str = "", min_weight: float = 0.0, around: str = "", hops: int = 1
    ) -> "Subgraph":
        """Return the part that all of these leave: first the language, then kind and weight, then the neighbourhood.

        With `lang` there are only sources in this language, the concepts they mention, their definitions, and
        relations that they have a quote for; the numbers of what is left stay those of the whole library. With `kind`
        there are only concepts of this kind. A concept whose relations all weigh less than `min_weight` stays. With
        `around`, the id of a concept, there is only what is at most `hops` relations away from it, over the relations
        that are left.
        """
        part = self._spoken(lang) if lang else self
        kept = {concept.id for concept in part.concepts if kind in ("", concept.kind)}
        relations = [r for r in part.relations if r.weight >= min_weight and r.a in kept and r.b in kept]
        if around:
            kept &= _near(around, hops, relations)
        if len(kept) == len(part.concepts) and len(relations) == len(part.relations):
            return part
        return part._of_concepts(kept, relations)

    def _spoken(self, lang: str) -> "Subgraph":
        articles = [article for article in self.articles if article.lang == lang]
        urls = {article.url for article in articles}
        relations = []
        for relation in self.relations:
            quotes = tuple(quote for quote in relation.evidence if quote.lang == lang and quote.url in urls)
            if quotes:
                relations.append(dataclasses.replace(relation, evidence=quotes))
        mentioned = {concept for article in articles for concept in article.mentions}
        definitions = tuple(
            each for each in self.definitions if each.evidence.lang == lang and each.evidence.url in urls
        )
        part = Subgraph(self.concepts, tuple(relations), tuple(articles), definitions)
        return part._of_concepts(mentioned, relations)

    def _of_concepts(self, kept: set[str], relations: Iterable[Relation]) -> "Subgraph":
        links = tuple(relation for relation in relations if relation.a in kept and relation.b in kept)
        definitions = tuple(each for each in self.definitions if each.concept in kept)
        quoted = {quote.url for relation in links for quote in relation.evidence}
        quoted |= {each.evidence.url for each in definitions}
        articles = []
        for article in self.articles:
            mentions = {concept: count for concept, count in article.mentions.items() if concept in kept}
            if mentions or article.url in quoted:
                articles.append(dataclasses.replace(article, mentions=mentions))
        concepts = tuple(concept for concept in self.concepts if concept.id in kept)
        return Subgraph(concepts, links, tuple(articles), definitions)


def _near(concept: str, hops: int, relations: Iterable[Relation]) -> set[str]:
    beside: dict[str, set[str]] = {}
    for relation in relations:
        beside.setdefault(relation.a, set()).add(relation.b)
        beside.setdefault(relation.b, set()).add(relation.a)
    found = edge = {concept}
    for _ in range(hops):
        edge = {other for name in edge for other in beside.get(name, ())} - found
        found = found | edge
    return found
