"""The SQL of this room: lists and their entries, sources, pages, documents, chunks."""

import dataclasses
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence

from corpus.model import Chunk, Document, Page, Source, Span
from corpus.urls import canonical

MIGRATIONS = (
    """
    create table lists (
        name text primary key          -- the path of the list, or '' for what was named by hand
    ) strict;
    create table sources (
        key integer primary key,
        url text not null unique,      -- canonical: two spellings of an address are one source
        status text not null default 'pending',
        reason text not null default '',
        mend text not null default '',
        checked_at text not null default '',
        supplied integer not null default 0  -- 1: the page came by import, and is never fetched over
    ) strict;
    create table entries (
        list text not null references lists on delete cascade,
        place integer not null,        -- order in the list, from 0
        source integer not null references sources on delete cascade,
        url text not null,             -- as listed
        title text not null,
        author text not null,
        site text not null,
        section text not null,         -- JSON list of headings
        primary key (list, place)
    ) strict;
    create index entries_source on entries (source);
    create table pages (
        source integer primary key references sources on delete cascade,
        url text not null,             -- as asked
        final_url text not null,
        status integer not null,
        headers text not null,         -- JSON list of [name, value]
        chain text not null,           -- JSON list of URLs
        fetched_at text not null,
        etag text not null,
        last_modified text not null,
        digest text not null,          -- tells two versions of a page apart
        body blob not null             -- zlib, the bytes as served
    ) strict;
    create table documents (
        source integer primary key references sources on delete cascade,
        made_by text not null,         -- every recipe that its rows depend on; of another one, they count as missing
        title text not null,
        lang text not null,
        author text not null,
        site text not null,
        published text not null,
        text text not null,
        blocks text not null,          -- JSON list of [start, end, kind, level]
        marks text not null,
        digest text not null           -- of all the above that come from the page
    ) strict;
    create table chunks (
        key integer primary key autoincrement,  -- the FAISS id: never used twice
        id text not null unique,
        source integer not null references documents on delete cascade,
        title text not null,
        lang text not null,
        heading text not null,         -- JSON list
        text text not null,
        start integer not null,
        "end" integer not null,
        blocks text not null,
        marks text not null
    ) strict;
    create index chunks_source on chunks (source);
    create trigger chunks_come after insert on chunks
        begin update library set value = value + 1 where key = 'generation'; end;
    create trigger chunks_change after update on chunks
        begin update library set value = value + 1 where key = 'generation'; end;
    create trigger chunks_go after delete on chunks
        begin update library set value = value + 1 where key = 'generation'; end;
    """,
    "create index chunks_lang on chunks (lang, id);",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """What the library holds of one source, without its text."""

    key: int
    url: str  # canonical
    listed_url: str  # as its first list names it: this is what is fetched
    status: str  # pending, indexed, blocked, gone, unreachable, unsupported, empty
    reason: str
    mend: str
    checked_at: str
    supplied: bool  # its page came by import: it is never fetched over
    etag: str
    last_modified: str
    final_url: str
    page_digest: str  # of the stored bytes, '' where there are none
    made_by: str  # of the stored document, '' where there is none


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """A source as people see it: as its list names it, and what became of it."""

    url: str  # as listed
    canonical: str
    final_url: str
    title: str
    author: str
    site: str
    section: tuple[str, ...]
    lang: str
    status: str
    reason: str
    mend: str
    checked_at: str
    published: str  # ISO date, or ''
    fetched_at: str  # '' where there is no page
    chunks: int


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A stored passage at its place in its source."""

    key: int
    id: str
    url: str  # canonical
    nth: int  # passage of its source, from 0
    lang: str
    text: str
    start: int  # in the document's text


def replace_list(db: sqlite3.Connection, name: str, entries: Sequence[Source]) -> None:
    """Make `entries` the whole of the list `name`; a source that no list names any more is deleted with all it held."""
    db.execute("delete from lists where name = ?", (name,))
    db.execute("insert into lists (name) values (?)", (name,))
    _insert_entries(db, name, 0, entries)
    db.execute("delete from sources where key not in (select source from entries)")


def add_entries(db: sqlite3.Connection, entries: Sequence[Source]) -> None:
    """Add to the list of what was named by hand, unless some list has it already."""
    db.execute("insert or ignore into lists (name) values ('')")
    (place,) = db.execute("select coalesce(max(place) + 1, 0) from entries where list = ''").fetchone()
    known = {url for (url,) in db.execute("select url from sources")}
    _insert_entries(db, "", place, [entry for entry in entries if canonical(entry.url) not in known])


def _insert_entries(db: sqlite3.Connection, name: str, first: int, entries: Sequence[Source]) -> None:
    for place, entry in enumerate(entries, first):
        url = canonical(entry.url)
        db.execute("insert or ignore into sources (url) values (?)", (url,))
        db.execute(
            "insert into entries select ?, ?, key, ?, ?, ?, ?, ? from sources where url = ?",
            (name, place, entry.url, entry.title, entry.author, entry.site, _dump(entry.section), url),
        )


def n_chunks(db: sqlite3.Connection) -> int:
    """Return how many passages there are."""
    (number,) = db.execute("select count(*) from chunks").fetchone()
    return int(number)


def delete_source(db: sqlite3.Connection, url: str) -> bool:
    """Delete a source by its URL, as listed or canonical, with everything it held; return whether there was one."""
    return db.execute("delete from sources where url = ?", (canonical(url),)).rowcount > 0


def delete_list(db: sqlite3.Connection, name: str) -> bool:
    """Delete a list with the sources that no other list names; return whether there was one."""
    found = db.execute("delete from lists where name = ?", (name,)).rowcount > 0
    db.execute("delete from sources where key not in (select source from entries)")
    return found


def lists_with(db: sqlite3.Connection, url: str) -> list[str]:
    """Return the paths of the lists that name a source, by its URL as listed or canonical."""
    rows = db.execute(
        "select distinct list from entries join sources on sources.key = source "
        "where sources.url = ? and list != '' order by list",
        (canonical(url),),
    )
    return [name for (name,) in rows]


def lists(db: sqlite3.Connection) -> list[str]:
    """Return the paths of the lists that the library was built from."""
    return [name for (name,) in db.execute("select name from lists where name != '' order by name")]


_STORED = """
    select sources.key, sources.url,
           (select url from entries where source = sources.key order by list, place limit 1),
           sources.status, reason, mend, checked_at, supplied,
           coalesce(etag, ''), coalesce(last_modified, ''), coalesce(final_url, ''), coalesce(pages.digest, ''),
           coalesce(made_by, '')
    from sources
    left join pages on pages.source = sources.key
    left join documents on documents.source = sources.key
"""


def stored(db: sqlite3.Connection) -> list[Stored]:
    """Return every source in the order of the lists."""
    order = "order by (select min(list || char(0) || printf('%09d', place)) from entries where source = sources.key)"
    return [Stored(*(*row[:7], bool(row[7]), *row[8:])) for row in db.execute(f"{_STORED} {order}")]


def stored_source(db: sqlite3.Connection, url: str) -> Stored | None:
    """Return one source by its URL, as listed or canonical, or None."""
    row = db.execute(f"{_STORED} where sources.url = ?", (canonical(url),)).fetchone()
    return Stored(*(*row[:7], bool(row[7]), *row[8:])) if row else None


def listed(db: sqlite3.Connection, url: str | None = None) -> list[Listed]:
    """Return every list entry (of one source, by its canonical URL) with the state of its source, in list order."""
    where = "" if url is None else "where sources.url = ?"
    rows = db.execute(
        f"""
        select entries.url, sources.url, coalesce(final_url, ''),
               coalesce(nullif(entries.title, ''), documents.title, ''),
               coalesce(nullif(entries.author, ''), documents.author, ''),
               coalesce(nullif(entries.site, ''), documents.site, ''),
               section, coalesce(documents.lang, ''), sources.status, reason, mend, checked_at,
               coalesce(published, ''), coalesce(fetched_at, ''),
               (select count(*) from chunks where chunks.source = sources.key)
        from entries
        join sources on sources.key = entries.source
        left join pages on pages.source = sources.key
        left join documents on documents.source = sources.key
        {where} order by list, place
        """,
        () if url is None else (url,),
    )
    return [Listed(*(*row[:6], tuple(json.loads(row[6])), *row[7:])) for row in rows]


def note(db: sqlite3.Connection, source: int, status: str, checked_at: str, reason: str = "", mend: str = "") -> None:
    """Write down what became of a source."""
    db.execute(
        "update sources set status = ?, checked_at = ?, reason = ?, mend = ? where key = ?",
        (status, checked_at, reason, mend, source),
    )


def save_page(db: sqlite3.Connection, source: int, page: Page, *, supplied: bool = False) -> None:
    """Keep the bytes of a page as served, in the place of any before."""
    headers, chain = _dump(page.headers), _dump(page.chain)
    db.execute(
        "insert or replace into pages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            source, page.url, page.final_url, page.status, headers, chain, page.fetched_at,
            page.header("etag"), page.header("last-modified"), page_digest(page), zlib.compress(page.body, 6),
        ),
    )  # fmt: skip
    db.execute("update sources set supplied = ? where key = ?", (int(supplied), source))


def load_page(db: sqlite3.Connection, source: int) -> Page | None:
    """Return the stored page of a source, or None where there is none."""
    row = db.execute(
        "select url, final_url, status, headers, body, fetched_at, chain from pages where source = ?", (source,)
    ).fetchone()
    if row is None:
        return None
    url, final_url, status, headers, body, fetched_at, chain = row
    pairs = tuple((name, value) for name, value in json.loads(headers))
    return Page(url, final_url, status, pairs, zlib.decompress(body), fetched_at, tuple(json.loads(chain)))


def page_digest(page: Page) -> str:
    """Return what tells two versions of a page apart: a digest of its bytes, and where they came from."""
    content_type = page.header("content-type")
    head = "\x00".join((page.final_url, content_type, "")).encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + page.body).hexdigest()


def document_digest(document: Document) -> str:
    """Return a digest of all that a document says."""
    return hashlib.sha256(repr(document).encode("utf-8", "surrogatepass")).hexdigest()


def save_document(
    db: sqlite3.Connection, source: int, document: Document, chunks: Sequence[Chunk], made_by: str
) -> dict[str, int]:
    """Make this the document of a source, and return the key of each of its chunks by id.

    A chunk that the source had already keeps its key, and with it its vector; one that is gone takes its rows along.
    """
    db.execute(
        "insert into documents values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (source) do update set "
        "made_by = excluded.made_by, title = excluded.title, lang = excluded.lang, author = excluded.author, "
        "site = excluded.site, published = excluded.published, text = excluded.text, blocks = excluded.blocks, "
        "marks = excluded.marks, digest = excluded.digest",
        (
            source, made_by, document.title, document.lang, document.author, document.site, document.published,
            document.text, _dump_spans(document.blocks), _dump_spans(document.marks), document_digest(document),
        ),
    )  # fmt: skip
    had = dict(db.execute("select id, key from chunks where source = ?", (source,)))
    dead = had.keys() - {chunk.id for chunk in chunks}
    db.executemany("delete from chunks where key = ?", [(had[name],) for name in sorted(dead)])
    db.executemany(
        'insert into chunks (id, source, title, lang, heading, text, start, "end", blocks, marks) '
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set "
        "title = excluded.title, lang = excluded.lang, heading = excluded.heading, start = excluded.start, "
        '"end" = excluded."end", blocks = excluded.blocks, marks = excluded.marks',
        [
            (
                chunk.id, source, chunk.title, chunk.lang, _dump(chunk.heading), chunk.text, chunk.start, chunk.end,
                _dump_spans(chunk.blocks), _dump_spans(chunk.marks),
            )
            for chunk in chunks
        ],
    )  # fmt: skip
    return dict(db.execute("select id, key from chunks where source = ?", (source,)))


def delete_document(db: sqlite3.Connection, source: int) -> None:
    """Delete the text of a source and all that came from it; its page and its entry stay."""
    db.execute("delete from documents where source = ?", (source,))


def load_document(db: sqlite3.Connection, url: str) -> Document | None:
    """Return the stored document of a source by its URL, as listed or canonical, or None where there is none."""
    row = db.execute(
        "select sources.url, title, lang, text, blocks, marks, author, site, published "
        "from documents join sources on sources.key = documents.source where sources.url = ?",
        (canonical(url),),
    ).fetchone()
    return Document(*(*row[:4], _load_spans(row[4]), _load_spans(row[5]), *row[6:])) if row else None


def digests(db: sqlite3.Connection) -> dict[str, str]:
    """Return the recorded digest of each stored document by canonical URL."""
    return dict(db.execute("select url, digest from documents join sources on sources.key = documents.source"))


def documents(db: sqlite3.Connection) -> Iterator[Document]:
    """Yield every stored document, by URL."""
    for (url,) in db.execute("select url from sources order by url").fetchall():
        document = load_document(db, url)
        if document is not None:
            yield document


def stored_chunks(db: sqlite3.Connection, url: str | None = None) -> Iterator[tuple[int, Chunk]]:
    """Yield (key, chunk) of one source, or of all, by URL and place."""
    where = "" if url is None else "where sources.url = ?"
    rows = db.execute(
        'select chunks.key, id, sources.url, title, lang, heading, text, start, "end", blocks, marks '
        f"from chunks join sources on sources.key = chunks.source {where} order by sources.url, start",
        () if url is None else (canonical(url),),
    )
    for key, name, source, title, lang, heading, text, start, end, blocks, marks in rows:
        path = tuple(json.loads(heading))
        yield key, Chunk(name, source, title, lang, path, text, start, end, _load_spans(blocks), _load_spans(marks))


def chunk_keys(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the keys of the chunks of these ids, by id."""
    rows = db.execute("select id, key from chunks where id in (select value from json_each(?))", (_dump(list(names)),))
    return dict(rows)


def placed(db: sqlite3.Connection, keys: Iterable[int]) -> dict[int, Placed]:
    """Return the chunks of these keys, by key, each with its place. Linear in the chunks of their sources."""
    rows = db.execute(
        "select numbered.key, id, url, nth, lang, text, start from (select chunks.*, "
        "row_number() over (partition by source order by start) - 1 as nth from chunks where source in "
        "(select source from chunks where key in (select value from json_each(?1)))) as numbered "
        "join sources on sources.key = source where numbered.key in (select value from json_each(?1))",
        (_dump(sorted(keys)),),
    )
    return {row[0]: Placed(*row) for row in rows}


def newest(db: sqlite3.Connection) -> str | None:
    """Return the canonical URL of the source with a text that the library took in last, or None where there is none."""
    row = db.execute(
        "select url from sources join documents on documents.source = sources.key order by sources.key desc limit 1"
    ).fetchone()
    return row[0] if row else None


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _dump_spans(spans: Iterable[Span]) -> str:
    return _dump([(span.start, span.end, span.kind, span.level) for span in spans])


def _load_spans(text: str) -> tuple[Span, ...]:
    return tuple(Span(*item) for item in json.loads(text))
