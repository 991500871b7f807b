"""Open a library with the tables of every room, and with the encoder that it uses."""

import pathlib

import corpus.tables
import index.tables
import kg.migrations
from corpus.library import Library
from index.encoder import Encoder, load_encoder

ROOMS = (
    ("corpus", corpus.tables.MIGRATIONS),
    ("index", index.tables.MIGRATIONS),
    ("kg", kg.migrations.MIGRATIONS),
)  # in the order of their foreign keys


def open_library(folder: pathlib.Path, *, create: bool = False) -> Library:
    """Return the library in `folder`; see `Library.open`."""
    return Library.open(folder, ROOMS, create=create)


def use_encoder(library: Library, name: str | None = None) -> Encoder:
    """Return the encoder that the library uses, from now on the one of this name or path.

    Raises:
        BadInput: it can't be loaded.
    """
    with library.reading() as db:
        row = db.execute("select value from library where key = 'encoder'").fetchone()
    if name is None:
        return load_encoder(row[0] if row else None)
    name = str(pathlib.Path(name).resolve()) if pathlib.Path(name).is_dir() else name
    encoder = load_encoder(name)
    with library.writing() as db:
        db.execute("insert or replace into library values ('encoder', ?)", (name,))
    return encoder
