"""The net of a library's concept graph, kept in a file: a view, made again whenever the generation has moved.

What stands in it follows from the stored concepts and relations alone, so a net made anew is the same.
"""

import dataclasses
import io
import sqlite3
import zipfile

import numpy as np

from corpus.library import Library, generation
from kg.web import Net, Web
from kg.web_tables import Stored, read_net

VIEW = "graph.npz"
FORMAT = "1"  # of the view's file


def net(library: Library, db: sqlite3.Connection) -> Net:
    """Return the net of the library's present generation: the stored one, or one made and stored now."""
    now = generation(db)
    kept = library.load_view(db, VIEW)
    stored = _unpacked(kept[1]) if kept is not None and kept[0] == now else None
    if stored is None:
        stored = read_net(db)
        library.save_view(VIEW, now, _packed(stored))
    return stored


def web(library: Library, db: sqlite3.Connection) -> Web:
    """Return the web of the library's present generation, which reads from the database as long as it is in use."""
    made = net(library, db)
    return Web(made, Stored(db, made))


def _packed(made: Net) -> bytes:
    file = io.BytesIO()
    arrays = {field.name: np.asarray(getattr(made, field.name)) for field in dataclasses.fields(made)}
    np.savez(file, format=np.array(FORMAT), **arrays)
    return file.getvalue()


def _unpacked(content: bytes) -> Net | None:
    """Return what a file holds, or None where it is of another format."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if str(file["format"]) != FORMAT:
                return None
            arrays = {field.name: file[field.name] for field in dataclasses.fields(Net) if field.name != "kinds"}
            return Net(kinds=tuple(file["kinds"].tolist()), **arrays)
    except (KeyError, ValueError, zipfile.BadZipFile):
        return None
