"""A conversation: what is typed at the prompt, with the real encoder on the demo library."""

import os
import pathlib
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import BadInput, IdeagraphError, NotFound
from index.encoder import Encoder
from service.ask import Question, Snapshot
from service.rooms import open_library
from service.session import HELP, Session
from tests.library_at import Web, build, html_of, library_at
from tests.test_query import PIECES

ROOT = pathlib.Path(__file__).parents[1]
Talk = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def session(demo: pathlib.Path) -> Session:
    return Session(open_library(demo), Question(), 3)


@pytest.fixture
def talk(session: Session) -> Iterator[Talk]:
    def talk(line: str) -> list[str]:
        return [text.plain for _, text in session.answer(line)]

    yield talk
    for name in ("lang", "section", "source", "since", "site", "mode"):
        talk(f":{name}")
    talk(":n 3")


def addresses(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("https://")]


def test_a_line_is_a_question_and_its_hits_have_numbers(talk: Talk) -> None:
    lines = talk("为什么要用多头注意力")
    assert [line[:2] for line in lines if line[1:2] == "."] == ["1.", "2.", "3."]
    assert talk("open 2") == addresses(lines)[1:2]
    assert talk("ｏｐｅｎ　１, 3") == [addresses(lines)[0], addresses(lines)[2]]


def test_a_hit_is_shown_whole_between_its_neighbours(talk: Talk, demo: pathlib.Path) -> None:
    talk("pruning BERT")
    with Snapshot.open(open_library(demo)) as snapshot:
        hit = snapshot.search(Question("pruning BERT"), k=1).hits[0]
        row = snapshot.passage(hit.id)
        text = snapshot.show(hit.url).text
    assert row.text == hit.text
    assert (row.before or row.after) != ""
    assert row.before in text[: hit.start]
    assert row.after in text[hit.end :]
    shown = "\n".join(talk("show 1"))
    assert all(part in shown for part in (row.before, row.text, row.after))


def test_a_question_is_turned_by_its_hits(talk: Talk) -> None:
    before = talk("attention")
    nearer = talk("more 2")
    assert nearer[0].startswith("attention · like ")
    assert [line for line in nearer if line[10:11] == "·"] != [line for line in before if line[10:11] == "·"]
    both = talk("less 1")[0]
    assert "like " in both
    assert "unlike " in both
    assert "like" not in talk("attention")[0], "a new question begins anew"


def test_what_is_set_holds_until_it_is_lifted(talk: Talk) -> None:
    assert talk("：lang zh") == ["lang zh · mode hybrid · n 3"]
    assert all("[zh" in line for line in talk("attention") if line[1:2] == ".")
    assert talk(":n 1")[0].endswith("n 1")
    assert len(addresses(talk("attention"))) == 1
    assert talk(":lang") == ["mode hybrid · n 1"]
    assert talk(":site notes.example, blog.example") == ["site notes.example blog.example · mode hybrid · n 1"]
    assert addresses(talk("注意力"))[0].startswith(("https://notes.example/", "https://blog.example/"))
    assert "mode dense" in talk(":mode dense")[0]


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        (":lang xx", NotFound, "there are en, zh"),
        (":site nowhere.example", NotFound, "notes.example"),
        (":section nowhere", NotFound, "Model compression"),
        (":source https://nowhere.example/", NotFound, "no source"),
        (":since tomorrow", BadInput, "2020-01-31"),
        (":mode vague", BadInput, "dense"),
        (":n 0", BadInput, "from 1"),
        (":n", BadInput, "from 1"),
        (":colour red", BadInput, "help"),
        ("open 9", BadInput, "no hit 9"),
        ("-vision", BadInput, "give some words"),
        ("attention lang:xx", NotFound, "there are en, zh"),
        ("attention site:nowhere.example", NotFound, "notes.example"),
    ],
)
def test_trouble_leaves_all_as_it_was(talk: Talk, line: str, error: type[IdeagraphError], says: str) -> None:
    talk("attention")
    before = talk("open 1 2 3"), talk(":")
    with pytest.raises(error, match=says):
        talk(line)
    assert (talk("open 1 2 3"), talk(":")) == before


def test_words_of_the_prompt_in_a_question_are_words(talk: Talk) -> None:
    assert addresses(talk("show me more about 8 heads"))
    assert talk("help") == HELP.splitlines()
    assert talk("  ") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(PIECES, st.text(), PIECES.map(lambda text: text * 500)), st.sampled_from(["", "dense", "keyword"]))
def test_nothing_but_our_errors_comes_of_any_line(demo: pathlib.Path, line: str, mode: str) -> None:
    with Snapshot.open(open_library(demo), _warm(demo)) as snapshot:
        try:
            page = snapshot.search(Question(line, mode or "hybrid"), k=100_000)  # type: ignore[arg-type]  # drawn above
        except IdeagraphError:
            return
    assert len({hit.id for hit in page.hits}) == len(page.hits)


WARM: list[Snapshot] = []


def _warm(demo: pathlib.Path) -> Snapshot:
    if not WARM:
        with Snapshot.open(open_library(demo)) as snapshot:
            snapshot.search(Question("attention"), k=1)
            WARM.append(snapshot)
    return WARM[0]


def test_a_conversation_sees_what_is_written_meanwhile(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.hashing_encoder import HashingEncoder

    loaded = []

    def use(*_: object) -> Encoder:
        loaded.append(1)
        return HashingEncoder()

    monkeypatch.setattr("service.ask.use_encoder", use)
    library = library_at(tmp_path)
    urls = ["https://a.example/1", "https://b.example/2"]
    web = Web({urls[0]: html_of("One", [0, 1]), urls[1]: html_of("Two", [2, 3])})
    build(library, web, urls[:1])
    session = Session(library, Question(), 9)

    def found(line: str) -> set[str]:
        return {text.plain for _, text in session.answer(line) if text.plain.startswith("https://")}

    assert found("XLNet permutations") == set(urls[:1])
    build(library, web, urls)
    assert found("XLNet permutations") == set(urls)
    build(library, web, urls[1:])
    assert found("XLNet permutations") == set(urls[1:])
    with pytest.raises(NotFound, match="no source is on the site"):
        found("site:a.example XLNet")
    assert loaded == [1], "the encoder stays warm"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_the_prompt_on_a_terminal(tmp_path: pathlib.Path, demo: pathlib.Path) -> None:
    import pty

    library = tmp_path / "library"
    shutil.copytree(demo, library)
    pid, terminal = pty.fork()
    if not pid:
        os.execve(
            sys.executable, [sys.executable, str(ROOT / "cli.py"), "search", "--library", str(library), "-n", "2"],
            {**os.environ, "TERM": "xterm", "COLUMNS": "60"},
        )  # fmt: skip

    def until_prompt() -> str:
        out, end = b"", time.monotonic() + 60
        while not out.endswith((b"\n? ", b"[?2004h? ")) and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                out += os.read(terminal, 1 << 16)
        return out.decode()

    assert "Ctrl-D" in until_prompt()
    os.write(terminal, "多头注意力 lang:zh\n".encode())
    answer = until_prompt()
    assert "2. " in answer
    assert "\x1b[1" in answer, "what matters is bold"
    os.write(terminal, b"open 1\n")
    assert "https://" in until_prompt()
    os.write(terminal, b"open 7\n")
    assert "no hit 7" in until_prompt()
    os.write(terminal, b"attention\x03")  # Ctrl-C takes the line back
    until_prompt()
    os.write(terminal, b"\x1b[A\x04")  # the line before, called back: Ctrl-D does not end a line that has text
    os.write(terminal, b"\n")
    assert "no hit 7" in until_prompt()
    os.write(terminal, b"\x04")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    history = library / "history"
    assert history.read_text("utf-8").splitlines()[:3] == ["多头注意力 lang:zh", "open 1", "open 7"]
    assert history.stat().st_mode & 0o077 == 0
