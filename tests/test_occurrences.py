from kg.occurrences import occurrences
from tests.marked import passage


def test_each_source_tells_how_often_and_where_first_and_best() -> None:
    early = passage("[Rye]\n\nWe bought some [rye] on the market today. The rest is history.", start=0)
    late = passage("They say that [rye] grows. [Rye] is a grain that grows in poor soil.", start=400)
    other = passage("[rye]长在沙土里。", "https://b.example/2", lang="zh")
    one, two = occurrences([early, late, other])
    assert (one.url, one.lang, one.count) == ("https://a.example/1", "en", 4)
    assert one.first.quote == "We bought some rye on the market today.", "a heading says nothing yet"
    assert one.best.quote == "Rye is a grain that grows in poor soil."
    assert (one.best.chunk, one.best.start) == (late.chunk, 400 + late.text.index("Rye is"))
    assert one.best.end - one.best.start == len(one.best.quote)
    assert (two.url, two.lang, two.count) == ("https://b.example/2", "zh", 1)
    assert two.first == two.best


def test_a_heading_is_better_than_nothing() -> None:
    (only,) = occurrences([passage("[Rye]\n\nThe rest is history.")])
    assert only.first.quote == only.best.quote == "Rye"


def test_a_question_and_the_opening_of_a_list_say_least() -> None:
    part = passage("[Rye] is a grain that does what? [Rye] is a grain with:\n\nFor that reason we like our [rye] dark.")
    (only,) = occurrences([part])
    assert only.best.quote == "For that reason we like our rye dark."


def test_what_it_is_goes_before_what_it_does_and_the_first_of_equals_wins() -> None:
    part = passage(
        "[Rye] provides bread with a dark colour. [Rye] is a grain that grows in sand. [Rye] is a grain that we sow."
    )
    (only,) = occurrences([part])
    assert only.best.quote == "Rye is a grain that grows in sand."
    assert only.first.quote == "Rye provides bread with a dark colour."


def test_nothing_spoken_is_nothing() -> None:
    assert occurrences([]) == []
