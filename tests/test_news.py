from kg.model import Concept, Evidence, Relation
from kg.news import SAID, new_concepts, new_passages, new_relations
from tests.saying import passage


def concept(name: str, score: float) -> Concept:
    return Concept(name, name, name, "", (name,), frozenset({name}), "", 1, 2, score)


def relation(
    a: str, b: str, weight: float, quote: str = "All of us say that both of them belong together."
) -> Relation:
    evidence = (Evidence("c", "https://a.example/", "en", quote, 0, len(quote)),)
    return Relation(a, b, "related", weight, 20.0, 0.5, 3, 1, 1, evidence)


def test_new_concepts_come_best_first_each_with_its_best_sentence() -> None:
    text = passage(
        "We bought [salt] there and went home. [Yeast] is a fungus that makes dough rise. No [yeast] is left."
    )
    found = new_concepts([text], [concept("salt", 1.0), concept("yeast", 2.0), concept("sugar", 3.0)])
    assert [each.concept.id for each in found] == ["yeast", "salt"]
    assert found[0].evidence.quote == "Yeast is a fungus that makes dough rise."


def test_a_new_pair_of_known_concepts_comes_before_one_with_a_new_concept() -> None:
    found = new_relations([relation("a", "new", 9.0), relation("a", "b", 1.0), relation("b", "c", 2.0)], {"new"})
    assert [(each.relation.a, each.relation.b, each.known) for each in found] == [
        ("b", "c", True), ("a", "b", True), ("a", "new", False)
    ]  # fmt: skip


def test_one_good_sentence_comes_before_two() -> None:
    two = relation("a", "b", 1.2, "This is the first of them. And this is the second sentence of it.")
    assert new_relations([two, relation("c", "d", 1.0)], ())[0].relation.a == "c"


def test_a_passage_with_a_near_one_elsewhere_is_not_new() -> None:
    text = "The bakers of this town let the [dough] rest overnight with little [yeast]."
    near, far = (passage(text, start=start) for start in (0, 200))
    (found,) = new_passages(
        [near, far], {near.chunk: ("https://b.example/", SAID), far.chunk: ("https://b.example/", 0.2)}, ()
    )
    assert found.passage is far
    assert (found.nearest, found.closeness) == ("https://b.example/", 0.2)
    assert found.evidence.quote == far.text


def test_captions_and_thanks_are_not_news() -> None:
    said = [passage("Figure 3: [yeast]"), passage("Thanks for reading this long article to its end.", start=50)]
    assert new_passages(said, {}, ()) == []


def test_what_names_a_new_concept_comes_first() -> None:
    old = passage("The bakers of this town let the [dough] rest overnight.")
    new = passage("The bakers of this town let the [poolish] rest overnight.", start=100)
    assert [each.passage for each in new_passages([old, new], {}, {"poolish"})] == [new, old]
