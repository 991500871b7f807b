"""An evaluation as lines for a terminal."""

from collections.abc import Sequence

from rich.text import Text

from service.evaluate import Evaluation, GroupRow, QuestionRow, worst
from service.measures import MEASURES, Difference, Mean
from service.render import Lines

TITLES = dict(zip(MEASURES, ("nDCG@10", "recall@10", "hit@1", "hit@5", "MRR@10", "passage@5"), strict=True))
HEADINGS = {"kind": "by kind", "lang": "by language of the question", "answer": "by where the answer stands"}
NAME_WIDTH = 15  # with six cells of ten a line fits 80 columns
WARNINGS = 10  # that are shown
SHOWN = 3  # pages that are shown of what came, and of what was wanted


def evaluation(made: Evaluation, count: int = 0) -> Lines:
    """Yield the means with their intervals, the comparison, and the `count` questions that did worst."""
    for warning in made.warnings[:WARNINGS]:
        yield 0, Text(warning, style="yellow")
    if len(made.warnings) > WARNINGS:
        yield 0, Text(f"and {len(made.warnings) - WARNINGS} more like these; --json has all", style="yellow")
    yield from _means(made)
    if made.against is not None:
        yield from _comparison(made, made.against)
    for row in worst(made.questions, count):
        yield from _question(row)


def _means(made: Evaluation) -> Lines:
    yield 0, _line("", "n", [*TITLES.values()], style="bold")
    by = "all"
    for row in made.groups:
        if row.by != by:
            by = row.by
            yield 0, Text(HEADINGS[by], style="dim")
        yield from _group(row)


def _group(row: GroupRow) -> Lines:
    means = [row.measures.get(name) for name in TITLES]
    yield 0, _line(row.group, row.n, [f"{each.mean:.3f}" if each else "" for each in means])
    intervals = [_interval(each) for each in means]
    if any(intervals):
        yield 0, _line("", "", intervals, style="dim")


def _interval(mean: Mean | None) -> str:
    """Return the 95% interval in hundredths, '' where there is none."""
    return "" if mean is None or mean.low is None or mean.high is None else f"{_short(mean.low)}–{_short(mean.high)}"


def _short(value: float, sign: str = "") -> str:
    """Return a share in hundredths without its zero before the point."""
    return f"{value:{sign}.2f}".replace("0.", ".", 1)


def _comparison(made: Evaluation, other: Evaluation) -> Lines:
    this = made.setting.differing(other.setting) or "the same"
    yield 0, Text()
    yield 0, Text(f"{this}, against {other.setting.differing(made.setting) or 'the same'}", style="bold")
    yield 0, _line("", "n", ["this", "against", "change", "95%", "up/down", "p"], style="bold")
    whole, *groups = made.differences
    for name, title in TITLES.items():
        if name in whole.measures:
            yield 0, _difference(title, whole.measures[name])
    yield 0, Text(f"{TITLES['ndcg_10']} by group", style="dim")
    for row in groups:
        yield 0, _difference(row.group, row.measures["ndcg_10"])


def _difference(name: str, row: Difference) -> Text:
    interval = "" if row.low is None or row.high is None else f"{_short(row.low, '+')} {_short(row.high, '+')}"
    cells = (
        f"{row.this:.3f}",
        f"{row.other:.3f}",
        f"{row.mean:+.3f}",
        interval,
        f"{row.up}/{row.down}",
        f"{row.p:.4f}",
    )
    return _line(name, row.n, cells)


def _line(name: str, n: int | str, cells: Sequence[str], style: str = "") -> Text:
    name = name if len(name) < NAME_WIDTH else name[: NAME_WIDTH - 2] + "…"
    line = f"{name:{NAME_WIDTH}}{n:>4}" + "".join(f"{cell:>10}" for cell in cells)
    return Text(line.rstrip(), style=style)


def _question(row: QuestionRow) -> Lines:
    """Yield what was wanted of one question, and what came."""
    yield 0, Text()
    what = ", ".join(part for part in (row.lang, row.kind) if part)
    yield 0, Text.assemble((row.query, "bold"), (f"  [{what}]  nDCG@10 {row.measures['ndcg_10']:.3f}", "dim"))
    for wanted in row.relevant[:SHOWN]:
        where = (
            f"came as page {wanted.rank}"
            if wanted.rank
            else "did not come"
            if wanted.listed
            else "is not in the library"
        )
        yield 3, Text.assemble("wanted  ", (wanted.url, "cyan"), (f"  grade {wanted.grade}, {where}", "dim"))
    for rank, came in enumerate(row.top[:SHOWN], 1):
        good = f", grade {came.grade}" if came.grade else ""
        yield (
            3,
            Text.assemble(f"came {rank}. ", (came.url, "cyan"), f"  {came.title}", (f"  [{came.lang}]{good}", "dim")),
        )
