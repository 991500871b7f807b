"""The nouns that tell what kind of thing a concept is, and where they tell it: kinds.tsv."""

import enum
import functools
import pathlib
from collections.abc import Mapping


class Where(enum.IntEnum):
    """Where a noun tells a kind; the number is its column in kinds.tsv."""

    NAME = 2  # it ends the name: masked language model
    SAID = 3  # a sentence says that it is one: "is a simple method for ..."
    BESIDE = 4  # it stands beside a proper name: the SQuAD dataset. Not "layer": a BERT layer is no BERT


@functools.cache
def kind_nouns(where: Where, lang: str) -> Mapping[str, str]:
    """Return the kind that each noun of a language ('en', 'zh') tells there; the longest nouns come first.

    A noun with a hyphen before it is an ending; one that tells '' is there so that no ending is seen in it. Two words
    that tell more than the second (vector machine) are joined by an underscore in the table, by a space here.
    """
    found: dict[str, str] = {}
    table = pathlib.Path(__file__).with_name("kinds.tsv").read_text(encoding="utf-8")
    for row in (line.split("\t") for line in table.splitlines()[1:]):
        if row[1] == lang:
            nouns = (noun.replace("_", " ").lower() for noun in row[where].split())
            found |= dict.fromkeys(nouns, row[0].replace("-", ""))
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))
