"""The folder, the lock, the views, the migrations."""

import contextlib
import pathlib
import sqlite3
import subprocess
import sys

import pytest

from corpus.errors import LibraryError, Locked, NewerLibrary, NoLibrary
from corpus.library import DATABASE, Library, generation

HOLD = """
import pathlib, sys
from corpus.library import Library
with Library(pathlib.Path(sys.argv[1]), ()).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def library(tmp_path: pathlib.Path) -> Library:
    return Library.open(tmp_path / "library", (), create=True)


def test_no_library_names_the_command_that_makes_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(NoLibrary, match="ideagraph build"):
        Library.open(tmp_path, ())
    assert not list(tmp_path.iterdir()), "looking for a library must not make one"


def test_a_file_that_is_no_database_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / DATABASE).write_text("not a database" * 100)
    with pytest.raises(LibraryError, match=DATABASE):
        Library.open(tmp_path, ())


def test_a_database_that_is_no_library_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / DATABASE).touch()
    with pytest.raises(LibraryError, match="no ideagraph library"):
        Library.open(tmp_path, ())
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        db.execute("create table somebody_elses (a)")
    for create in (False, True):
        with pytest.raises(LibraryError, match="no ideagraph library"):
            Library.open(tmp_path, (), create=create)


def test_a_view_that_can_not_be_written_is_done_without(library: Library) -> None:
    library.views.rmdir()
    library.views.touch()
    library.save_view("index", 3, b"content")
    with library.reading() as db:
        assert library.load_view(db, "index") is None


def test_migrations_run_once_and_in_order(tmp_path: pathlib.Path) -> None:
    first = ("create table t (a);",)
    Library.open(tmp_path, (("room", first),), create=True)
    both = (*first, "alter table t add column b; insert into t values (1, 2);")
    for _ in range(2):
        library = Library.open(tmp_path, (("room", both),))
    with library.reading() as db:
        assert db.execute("select a, b from t").fetchall() == [(1, 2)]
    with pytest.raises(NewerLibrary):
        Library.open(tmp_path, (("room", first),))


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Library.open(tmp_path, (("room", ("create table t (a); create table t (a);",)),), create=True)
    library = Library.open(tmp_path, (("room", ("create table t (a);",)),), create=True)
    with library.reading() as db:
        assert db.execute("select count(*) from t").fetchone() == (0,)


def test_foreign_keys_are_on_for_every_connection(library: Library) -> None:
    with library.reading() as db:
        assert db.execute("pragma foreign_keys").fetchone() == (1,)
    with library.writing() as db:
        assert db.execute("pragma foreign_keys").fetchone() == (1,)


def test_a_failed_writing_leaves_nothing(library: Library) -> None:
    def fail() -> None:
        with library.writing() as db:
            db.execute("update library set value = 7 where key = 'generation'")
            db.execute("no such statement")

    with pytest.raises(sqlite3.OperationalError):
        fail()
    with library.reading() as db:
        assert generation(db) == 0


def test_a_full_disk_is_told_in_one_line_and_nothing_is_lost(library: Library) -> None:
    def fill() -> None:
        with library.writing() as db:
            db.execute("update library set value = 7 where key = 'generation'")
            pages = db.execute("pragma page_count").fetchone()[0]
            db.execute(f"pragma max_page_count = {pages}")  # as a disk without room for one page more
            db.execute("create table big as select randomblob(100000)")

    with pytest.raises(LibraryError, match=r"full.*free some space"):
        fill()
    with library.reading() as db:
        assert generation(db) == 0


def test_a_reader_sees_one_moment_and_never_waits(library: Library) -> None:
    with library.reading() as reader:
        assert generation(reader) == 0
        with library.writing() as db:
            db.execute("update library set value = 7 where key = 'generation'")
        assert generation(reader) == 0
    with library.reading() as reader:
        assert generation(reader) == 7


def test_a_second_writer_is_refused_while_readers_go_on(library: Library) -> None:
    command = [sys.executable, "-c", HOLD, str(library.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Locked, match="wait"), library.lock():
            pytest.fail("two writers")
        with library.reading() as db:
            assert generation(db) == 0
        other.communicate("")
    with library.lock():
        pass


def test_a_view_reads_back_only_whole_with_its_generation(library: Library) -> None:
    library.save_view("index", 3, b"content")
    with library.reading() as db:
        assert library.load_view(db, "index") == (3, b"content")
        (library.views / "index").write_bytes(b"contemt")
        assert library.load_view(db, "index") is None, "damaged in the middle"
        (library.views / "index").unlink()
        assert library.load_view(db, "index") is None, "lost"
