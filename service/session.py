"""A conversation with a library: lines typed at a prompt, and what each is answered. Prints nothing itself."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

from rich.text import Text

from corpus.errors import BadInput
from corpus.library import Library
from service import render
from service.answers import HitRow
from service.ask import Question, Snapshot
from service.render import Lines

HELP = """\
QUERY         search: any words, in any language; \"as written\", -without, site:zhihu.com, lang:zh
more 3        again, nearer to hit 3          less 3        again, farther from it
show 3        hit 3 whole, and what stands around it
open 3        the address of hit 3
:lang zh      only this language; alone ":lang" lifts it. So :site :section :source :since 2020 :mode dense :n 10
:             what is set                     quit, Ctrl-D  leave"""

_NUMBERED = re.compile(r"(more|less|show|open)((?:[\s,]+#?\d{1,4})+)", re.IGNORECASE)
_SETTING = re.compile(r":\s*(\w*)\s*(.*)")
_TEXTS = ("lang", "section", "source", "since")


class Session:
    """One conversation: what is set, the last question, and its hits. The encoder stays warm from line to line."""

    def __init__(self, library: Library, question: Question, k: int, *, full: bool = False) -> None:
        """Begin with these settings; `question` has no text yet, or none that is kept."""
        self._library = library
        self._question = question
        self._k = k
        self._full = full
        self._hits: Sequence[HitRow] = ()
        self._warm: Snapshot | None = None

    def answer(self, line: str) -> Lines:
        """Return what a line is answered: hits, an address, a passage, what is set, or help.

        Raises:
            IdeagraphError: the line can't be answered; what was set and found before stays.
        """
        plain = unicodedata.normalize("NFKC", line).strip()
        if not plain:
            return iter(())
        if plain.lower() in ("help", "?", "？"):
            return iter([(0, Text(each)) for each in HELP.splitlines()])
        if setting := _SETTING.fullmatch(plain):
            return self._set(setting[1].lower(), setting[2].strip())
        if command := _NUMBERED.fullmatch(plain):
            hits = [self._hit(int(number)) for number in re.findall(r"\d+", command[2])]
            return self._about(command[1].lower(), hits)
        return self._search(dataclasses.replace(self._question, text=line, like=(), unlike=()))

    def _hit(self, number: int) -> HitRow:
        if not self._hits:
            raise BadInput("there are no hits yet: ask something first")
        if not 1 <= number <= len(self._hits):
            raise BadInput(f"there is no hit {number}: the last question has {len(self._hits)}")
        return self._hits[number - 1]

    def _about(self, verb: str, hits: Sequence[HitRow]) -> Lines:
        if verb == "open":
            return iter([(0, Text(hit.final_url or hit.url)) for hit in hits])
        if verb == "show":
            with Snapshot.open(self._library, self._warm) as snapshot:
                return iter([line for hit in hits for line in render.passage(snapshot.passage(hit.id))])
        names = tuple(hit.id for hit in hits)
        like = [*(name for name in self._question.like if name not in names), *(names if verb == "more" else ())]
        unlike = [*(name for name in self._question.unlike if name not in names), *(names if verb == "less" else ())]
        return self._search(dataclasses.replace(self._question, like=tuple(like), unlike=tuple(unlike)))

    def _set(self, name: str, value: str) -> Lines:
        question = self._question
        if name in _TEXTS:
            question = dataclasses.replace(question, **{name: value})  # type: ignore[arg-type]  # all are texts
        elif name == "site":
            question = dataclasses.replace(question, sites=tuple(value.replace(",", " ").split()))
        elif name == "mode" and value in ("", "hybrid", "dense", "keyword"):
            question = dataclasses.replace(question, mode=value or "hybrid")  # type: ignore[arg-type]  # just checked
        elif name == "n" and value.isdecimal() and 0 < int(value) < 10_000:
            self._k = int(value)
        elif name in ("mode", "n"):
            raise BadInput(":mode takes hybrid, dense or keyword" if name == "mode" else ":n takes a number from 1")
        elif name:
            raise BadInput(f"there is no setting :{name}; type help")
        with Snapshot.open(self._library, self._warm) as snapshot:
            snapshot.check(question)
        self._question = question
        texts = [f"{each} {getattr(question, each)}" for each in _TEXTS if getattr(question, each)]
        sites = [f"site {' '.join(question.sites)}"] if question.sites else []
        return iter([(0, Text(" · ".join([*texts, *sites, f"mode {question.mode}", f"n {self._k}"]), style="dim"))])

    def _search(self, question: Question) -> Lines:
        with Snapshot.open(self._library, self._warm) as snapshot:
            page = snapshot.search(question, k=self._k)
            self._warm = snapshot
        self._question, self._hits = question, page.hits
        lines = list(render.found(page, full=self._full)) or [(0, Text("nothing found", style="yellow"))]
        heading = render.asked(page.query)
        return iter([(0, heading), *lines] if heading.plain else lines)
