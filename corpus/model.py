"""The values that flow through this room: Source -> Page -> Document -> Chunk. Frozen; offsets count code points."""

import dataclasses
import hashlib


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """One entry of a reading list."""

    url: str  # as listed
    title: str = ""
    author: str = ""
    site: str = ""
    section: tuple[str, ...] = ()  # headings of the list above the entry, outermost first


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What to fetch, and what is already at hand."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """The bytes that answered for a URL, content-encoding undone, character encoding as served."""

    url: str  # as asked
    final_url: str  # after redirects and meta refreshes
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case, order as served
    body: bytes
    fetched_at: str  # ISO 8601, UTC
    chain: tuple[str, ...] = ()  # every URL asked on the way, first to last

    def header(self, name: str) -> str:
        """Return the first header of this name, or ''."""
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclasses.dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that the copy at hand is still good."""

    checked_at: str  # ISO 8601, UTC


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch [start, end) of a text, and what it is there.

    Blocks: heading, paragraph, item, quote, table, code, math, caption. Blocks do not overlap.
    Marks inside blocks: strong, emphasis, link, inline-code, inline-math.
    """

    start: int
    end: int
    kind: str
    level: int = 0  # 1-6 for a heading, depth from 1 for an item


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """An article without its page: plain text, with what stood in the mark-up kept as spans over it."""

    url: str  # of the source it belongs to
    title: str
    lang: str  # ISO 639-1, or '' where it can't be told
    text: str  # blocks, each separated from the next by one blank line
    blocks: tuple[Span, ...]
    marks: tuple[Span, ...] = ()
    author: str = ""
    site: str = ""
    published: str = ""  # ISO date, or ''


@dataclasses.dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `document.text[start:end]`, whole blocks where they fit.

    A new heading opens a new passage, but where tiny sections share one.
    """

    id: str
    url: str
    title: str
    lang: str  # of this passage, told from its script; the document's where the script can't tell
    heading: tuple[str, ...]  # path of headings, outermost first; the last may open the text itself
    text: str
    start: int
    end: int
    blocks: tuple[Span, ...] = ()  # relative to `text`
    marks: tuple[Span, ...] = ()  # relative to `text`


def chunk_id(url: str, text: str, nth: int) -> str:
    """Return the name of a passage: a digest of its page, its words, and which time (from 0) they stand on the page."""
    digest = hashlib.sha256("\x00".join((url, str(nth), text)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:24]
