"""The net of a library's concept graph, kept in a file: a view, made again whenever the generation has moved.

What stands in it follows from the stored concepts and relations alone, so a net made anew is the same.
"""

import dataclasses
import io
import sqlite3
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library, generation
from kg.topics import community_of
from kg.web import Net, Web
from kg.web_tables import Stored, read_net

VIEW, TOPICS = "graph.npz", "topics.i4"
FORMAT = "2"  # of the view's file


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
    arrays: dict[str, Any] = {field.name: np.asarray(getattr(made, field.name)) for field in dataclasses.fields(made)}
    np.savez(file, format=np.array(FORMAT), **arrays)  # Any: mypy would have each array be `allow_pickle`
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


def communities(library: Library, db: sqlite3.Connection, asked: Web) -> NDArray[np.int64]:
    """Return the community of each concept (n,) of the present generation: as it is stored, or found and stored now."""
    now = generation(db)
    kept = library.load_view(db, TOPICS)
    if kept is not None and kept[0] == now and len(kept[1]) == 4 * len(asked.net):
        return np.frombuffer(kept[1], "<i4").astype(np.int64)
    found = community_of(asked)
    library.save_view(TOPICS, now, found.astype("<i4").tobytes())
    return found
