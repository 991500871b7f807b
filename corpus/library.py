"""The library: one folder with one SQLite file, one writer's lock, and views that can be thrown away."""

import contextlib
import hashlib
import os
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence

import filelock
import platformdirs

from corpus.errors import LibraryError, Locked, NewerLibrary, NoLibrary

DATABASE = "ideagraph.sqlite"
OWN = (
    """
    create table library (key text primary key, value any not null) strict;
    insert into library values ('generation', 0);
    create table views (name text primary key, generation integer not null, sha256 text not null) strict;
    """,
)
_TROUBLES = tuple(f"SQLITE_{name}" for name in ("BUSY", "CANTOPEN", "CORRUPT", "FULL", "IOERR", "NOTADB", "READONLY"))
BUSY_TIMEOUT_S = 30.0  # a writing transaction lasts milliseconds; half a minute means that something is wrong


def default_folder() -> pathlib.Path:
    """Return $IDEAGRAPH_LIBRARY, else the platform's folder for user data."""
    named = os.environ.get("IDEAGRAPH_LIBRARY")
    return pathlib.Path(named) if named else pathlib.Path(platformdirs.user_data_dir("ideagraph", appauthor=False))


class Library:
    """An open library. `reading` and `writing` are the only ways to its database.

    Readers never wait for the writer (SQLite's WAL); a second writer is refused with `Locked`.
    """

    def __init__(self, folder: pathlib.Path, rooms: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Use `Library.open`. `rooms` are (room, its numbered migrations), in the order of their foreign keys."""
        self.folder = folder
        self._rooms = (("library", OWN), *rooms)

    @classmethod
    def open(
        cls, folder: pathlib.Path, rooms: Sequence[tuple[str, Sequence[str]]], *, create: bool = False
    ) -> "Library":
        """Return the library in `folder`, its tables brought to the newest form.

        Raises:
            NoLibrary: there is none and `create` is false.
            NewerLibrary: it was written by a later version.
            LibraryError: the folder or the file can't be used.
        """
        library = cls(folder, rooms)
        if create:
            try:
                library.views.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LibraryError(
                    f"can't make the library folder {folder}: {error.strerror}; name another with --library"
                ) from error
        elif not (folder / DATABASE).is_file():
            raise NoLibrary(
                f"no library in {folder}: make one with 'ideagraph build LIST', or name another with --library"
            )
        library._migrate(create=create)
        return library

    @property
    def views(self) -> pathlib.Path:
        """The folder of caches; it may be deleted at any time."""
        return self.folder / "views"

    def connect(self) -> sqlite3.Connection:
        """Return a connection in autocommit mode, foreign keys on. The caller closes it."""
        try:
            db = sqlite3.connect(self.folder / DATABASE, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        try:
            db.execute("pragma foreign_keys = on")  # off by default in SQLite, per connection
            db.execute("pragma journal_mode = wal")
            db.execute("pragma synchronous = normal")  # with WAL: a power cut may lose the last page, never the file
        except sqlite3.DatabaseError as error:
            db.close()
            raise self._unusable(error) from error
        return db

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that sees one moment of the library, whatever is written meanwhile."""
        with contextlib.closing(self.connect()) as db, self._troubles():
            db.execute("begin")
            yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in one transaction: all of it is kept, or nothing."""
        with contextlib.closing(self.connect()) as db, self._troubles():
            db.execute("begin immediate")
            try:
                yield db
                db.execute("commit")
            except BaseException:
                if db.in_transaction:  # a full disk has rolled it back already
                    db.execute("rollback")
                raise

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer's lock.

        Raises:
            Locked: another process holds it.
        """
        lock = filelock.FileLock(self.folder / "writer.lock")
        try:
            with lock.acquire(timeout=0):
                yield
        except filelock.Timeout as error:
            raise Locked(
                f"another ideagraph is writing to {self.folder}; wait until it ends, then run this again"
            ) from error

    def _migrate(self, *, create: bool) -> None:
        with contextlib.closing(self.connect()) as db:
            try:
                tables = {name for (name,) in db.execute("select tbl_name from sqlite_master")}
                if "migrations" not in tables:
                    if tables or not create:
                        reason = f"{self.folder / DATABASE} is no ideagraph library"
                        raise LibraryError(f"{reason}; name another with --library")
                    db.execute("create table if not exists migrations (room text primary key, number integer) strict")
                done = dict(db.execute("select room, number from migrations"))
            except sqlite3.DatabaseError as error:
                raise self._unusable(error) from error
            if done == {room: len(steps) for room, steps in self._rooms}:
                return
            for room, steps in self._rooms:
                if done.get(room, 0) > len(steps):
                    raise NewerLibrary(
                        f"a later ideagraph made {self.folder}: update ideagraph, or name another --library"
                    )
            db.execute("begin immediate")  # two processes may come here at once: read again under the lock
            try:
                done = dict(db.execute("select room, number from migrations"))
                for room, steps in self._rooms:
                    for number in range(done.get(room, 0), len(steps)):
                        for statement in _statements(steps[number]):
                            db.execute(statement)
                    db.execute("insert or replace into migrations values (?, ?)", (room, len(steps)))
                db.execute("commit")
            except BaseException:
                db.execute("rollback")
                raise

    def save_view(self, name: str, generation: int, content: bytes) -> None:
        """Write a cache file and record its generation and checksum. A reader gets it back only whole.

        Where it can't be written there is none, and the next reader makes it again.
        """
        path = self.views / name
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(scratch, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        except OSError:
            return
        row = (name, generation, hashlib.sha256(content).hexdigest())
        with contextlib.closing(self.connect()) as db:
            db.execute("insert or replace into views (name, generation, sha256) values (?, ?, ?)", row)

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        """Raise as ours what the disk or another process did; an error in our SQL keeps its traceback."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(_TROUBLES):
                raise self._unusable(error) from error
            raise

    def _unusable(self, error: sqlite3.Error) -> LibraryError:
        mend = "free some space or let other programs end; a damaged file must be restored, or deleted and built again"
        return LibraryError(f"{self.folder / DATABASE} can't be used ({error}); {mend}")

    def load_view(self, db: sqlite3.Connection, name: str) -> tuple[int, bytes] | None:
        """Return the cache's generation and bytes, or None where it is missing or damaged."""
        row = db.execute("select generation, sha256 from views where name = ?", (name,)).fetchone()
        if row is None:
            return None
        try:
            content = (self.views / name).read_bytes()
        except OSError:
            return None
        return (row[0], content) if hashlib.sha256(content).hexdigest() == row[1] else None


def generation(db: sqlite3.Connection) -> int:
    """Return how often a passage has come, gone or changed: views of another generation are stale."""
    return int(db.execute("select value from library where key = 'generation'").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: `executescript` would commit behind our back."""
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement:
        raise ValueError(f"unfinished SQL: {statement!r}")
