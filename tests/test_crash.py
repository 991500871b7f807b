"""A build that is killed anywhere, and two processes at one library."""

import multiprocessing
import os
import pathlib
import random
import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing.synchronize import Event

import pytest

from corpus.errors import Locked
from corpus.model import Request, Source
from corpus.tables import replace_list
from service.ask import Snapshot
from service.canonical import canonical
from service.progress import Listener
from service.update import Outcome, update
from service.verify import verify
from tests.hashing_encoder import HashingEncoder
from tests.library_at import SECTIONS, Web, build, html_of, library_at

URLS = [f"https://{site}.example/{number}" for site in "abc" for number in range(4)]
# A server that has imported everything forks each child, so that a child can be killed early; a fork of this process
# itself would inherit whatever threads other tests have left.
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.test_crash"])


def _web() -> Web:
    chance = random.Random(1)
    return Web({url: html_of(f"Page {url}", chance.sample(range(len(SECTIONS)), 4)) for url in URLS})


def _build(folder: pathlib.Path) -> None:
    build(library_at(folder), _web(), URLS)


def test_a_build_killed_at_random_moments_and_run_again_equals_an_undisturbed_one(tmp_path: pathlib.Path) -> None:
    _build(tmp_path / "undisturbed")
    begin = time.monotonic()
    _build(tmp_path / "warm")  # the first one also loads what its children inherit
    whole = time.monotonic() - begin
    wanted = canonical(library_at(tmp_path / "undisturbed"))
    chance, halves = random.Random(2), 0
    for nth in range(8):
        folder = tmp_path / str(nth)
        for _ in range(2):
            child = FORK.Process(target=_build, args=(folder,))
            child.start()
            time.sleep(chance.uniform(0.1, 0.8) * whole)
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
            child.join()
        left = library_at(folder)
        halves += canonical(left) != wanted
        _, problems = verify(left)
        assert not problems, "what is in is whole"
        _build(folder)
        assert canonical(left) == wanted
    assert halves >= 3, "the kills came too late to disturb anything"


def test_a_page_that_was_in_before_the_kill_is_not_read_again(tmp_path: pathlib.Path) -> None:
    library, web = library_at(tmp_path), _web()
    whole_fetch = web.fetch

    class Stop(BaseException):
        pass

    def half(requests: Sequence[Request]) -> Iterator[tuple[Request, Outcome]]:
        for nth, answer in enumerate(whole_fetch(requests)):
            if nth == 5:
                raise Stop
            yield answer

    web.fetch = half  # type: ignore[method-assign]  # a build that ends in the middle
    with pytest.raises(Stop):
        build(library, web, URLS)
    web.fetch = whole_fetch  # type: ignore[method-assign]
    assert build(library, web, URLS).changed == len(URLS) - 5


def test_asked_to_stop_it_finishes_the_page_in_hand(tmp_path: pathlib.Path) -> None:
    class Impatient(Listener):
        pages = 0

        def done(self, url: str, outcome: str) -> None:
            self.pages += 1

        def stopping(self) -> bool:
            return self.pages == 3

    library, web = library_at(tmp_path), _web()
    with library.writing() as db:
        replace_list(db, "list", [Source(url) for url in URLS])
    with pytest.raises(KeyboardInterrupt):
        update(library, web.fetch, HashingEncoder(), listener=Impatient())
    with Snapshot.open(library) as snapshot:
        status = snapshot.status()
    assert (status.sources, status.to_do) == ({"indexed": 3, "pending": len(URLS) - 3}, "ideagraph update")
    assert build(library, web, URLS).changed == len(URLS) - 3


def _hold(folder: pathlib.Path, held: Event, free: Event) -> None:
    with library_at(folder).lock():
        held.set()
        free.wait()


def test_a_second_writer_is_refused_while_readers_go_on(tmp_path: pathlib.Path) -> None:
    _build(tmp_path)
    held, free = FORK.Event(), FORK.Event()
    other = FORK.Process(target=_hold, args=(tmp_path, held, free))
    other.start()
    try:
        assert held.wait(10)
        with pytest.raises(Locked, match="another ideagraph is writing"):
            _build(tmp_path)
        with Snapshot.open(library_at(tmp_path)) as snapshot:
            assert snapshot.ideas.related("pruning", k=3)
            assert len(snapshot.sources()) == len(URLS)
    finally:
        free.set()
        other.join()


def test_a_snapshot_stays_as_it_was_while_the_library_changes(tmp_path: pathlib.Path) -> None:
    _build(tmp_path)
    library = library_at(tmp_path)
    with Snapshot.open(library) as snapshot:
        before = snapshot.ideas.concepts(k=100)
        build(library, Web({}), [])
        assert snapshot.ideas.concepts(k=100) == before
    with Snapshot.open(library) as snapshot:
        assert snapshot.ideas.concepts(k=100) == []
