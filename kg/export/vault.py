"""The graph as an Obsidian vault: a folder with a note for each concept and each source, linked by name.

A note carries its other names as aliases, so that [[自注意力]] finds self-attention. The file `.ideagraph` lists what
we wrote, each with its digest: a later export replaces those files, leaves the user's own notes alone, and refuses
where one of ours was changed by hand.
"""

import hashlib
import json
import pathlib
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping

from corpus.errors import BadInput
from kg.export.files import clean, one_line, replacing
from kg.model import Article, Concept, Evidence, Relation
from kg.pattern import SYMMETRIC
from kg.subgraph import Subgraph

MANIFEST = ".ideagraph"
MAX_NAME_BYTES = 120  # of a file's name: file systems take 255 bytes, Windows 260 characters of the whole path
MENTIONS, RELATED = 40, 25  # links in one note, the strongest: more is no reading
_QUOTES = 4  # of one relation
# What Windows forbids, and what ends or bends a wikilink
_UNSAFE = re.compile(r'[<>:"/\\|?*#^\[\]\x00-\x1f\x7f]+')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#$%^~=|&])")  # also Obsidian's: comments, highlights, tags, formulas


def write_vault(part: Subgraph, folder: pathlib.Path) -> None:
    """Make the folder hold a note for each concept and source; what else stands in it stays.

    Files are replaced one by one, each whole; killed half-way, the next export goes on from there.

    Raises:
        BadInput: the folder holds files, and we did not make it; or a note of ours was changed by hand.
    """
    notes = {name: text.encode() for name, text in _notes(part)}
    ours = _ours(folder)
    for name, digests in ours.items():
        if (folder / name).is_file() and _digest((folder / name).read_bytes()) not in digests:
            raise BadInput(f"{folder / name} was changed since it was exported; move it away, or name another folder")
    for name in notes.keys() - ours.keys():
        if (folder / name).exists():
            raise BadInput(f"{folder / name} is not from an export; move it away, or name another folder")
    folder.mkdir(exist_ok=True)
    made = {name: {_digest(text)} for name, text in notes.items()}
    _keep(folder, {name: made.get(name, set()) | ours.get(name, set()) for name in made.keys() | ours.keys()})
    for name, text in sorted(notes.items()):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if not (path.is_file() and path.read_bytes() == text):
            with replacing(path) as file:
                file.write(text)
    for name in ours.keys() - notes.keys():
        (folder / name).unlink(missing_ok=True)
    _keep(folder, made)


def _ours(folder: pathlib.Path) -> dict[str, set[str]]:
    """Return what stood in the folder when we left it: the digests by name."""
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise BadInput(f"{folder} is a file; a vault is a folder: name another")
    if not (folder / MANIFEST).is_file():
        if any(folder.iterdir()):
            raise BadInput(f"{folder} holds files that are not from an export; name a new or an empty folder")
        return {}
    found: dict[str, set[str]] = {}
    for line in (folder / MANIFEST).read_text("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        path = pathlib.PurePosixPath(name)
        if len(path.parts) == 2 and path.parts[0] in ("concepts", "sources") and path.suffix == ".md":
            found.setdefault(name, set()).add(digest)
    return found


def _keep(folder: pathlib.Path, files: Mapping[str, Iterable[str]]) -> None:
    with replacing(folder / MANIFEST) as file:
        for name in sorted(files):
            file.writelines(f"{digest}  {name}\n".encode() for digest in sorted(files[name]))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _notes(part: Subgraph) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each note."""
    taken: set[str] = set()
    concepts = {concept.id: _file_name(concept.name, taken) for concept in part.concepts}
    sources = {article.url: _file_name(article.title or article.url, taken) for article in part.articles}
    links: dict[str, list[tuple[str, Relation]]] = {}
    for relation in part.relations:
        links.setdefault(relation.a, []).append((relation.b, relation))
        links.setdefault(relation.b, []).append((relation.a, relation))
    mentioned: dict[str, list[tuple[int, str]]] = {}
    for article in part.articles:
        for mention, count in article.mentions.items():
            mentioned.setdefault(mention, []).append((-count, article.url))
    defined: dict[str, list[Evidence]] = {}
    for definition in part.definitions:
        defined.setdefault(definition.concept, []).append(definition.evidence)
    named = {concept.id: concept for concept in part.concepts}
    titles = {article.url: one_line(article.title) or article.url for article in part.articles}

    def link(concept: str) -> str:
        return _wikilink(concepts[concept], named[concept].name)

    for concept in part.concepts:
        lines = list(_front_matter(concept))
        for quote in defined.get(concept.id, ()):
            lines += ["", f"> {_quote(quote, titles[quote.url])}"]
        strongest = sorted(links.get(concept.id, ()), key=lambda item: (-item[1].weight, item[0]))
        if strongest:
            lines += ["", "## Related"]
        for other, relation in strongest[:RELATED]:
            lines += ["", f"- {link(other)} · {_told(concept.id, relation)} · {relation.weight:.2f}"]
            lines += [f"    - {_quote(quote, titles[quote.url])}" for quote in relation.evidence[:_QUOTES]]
        if mentioned.get(concept.id):
            lines += ["", "## Sources", ""]
        for count, url in sorted(mentioned.get(concept.id, ()))[:MENTIONS]:
            lines.append(f"- {_wikilink(sources[url], titles[url])} · {-count}")
        yield f"concepts/{concepts[concept.id]}.md", "\n".join(lines) + "\n"
    for article in part.articles:
        lines = list(_source_matter(article, titles[article.url]))
        for name, said in sorted(article.mentions.items(), key=lambda item: (-item[1], item[0]))[:MENTIONS]:
            lines.append(f"- {link(name)} · {said}")
        yield f"sources/{sources[article.url]}.md", "\n".join(lines) + "\n"


def _front_matter(concept: Concept) -> Iterator[str]:
    names = dict.fromkeys(map(one_line, (concept.label_en, concept.label_zh, concept.name, *concept.aliases)))
    yield from ("---", "tags: [concept]", f"aliases: [{', '.join(_yaml(name) for name in names if name)}]")
    yield from (f"kind: {_yaml(concept.kind or 'concept')}", f"sources: {concept.n_sources}")
    yield from (f"mentions: {concept.n_mentions}", "---", "", f"# {_text(concept.name)}")
    others = [_text(name) for name in names if name and name != one_line(concept.name)]
    if others:
        yield from ("", f"Also: {' · '.join(others)}")


def _source_matter(article: Article, title: str) -> Iterator[str]:
    yield from ("---", "tags: [source]", f"aliases: [{_yaml(title)}]", f"url: {_yaml(article.url)}")
    yield from (f"lang: {_yaml(article.lang)}", f"site: {_yaml(article.site)}", "---", "", f"# {_text(title)}")
    yield from ("", f"<{_address(article.url)}>" if _on_the_web(article.url) else _text(article.url))
    if article.mentions:
        yield from ("", "## Ideas", "")


def _told(concept: str, relation: Relation) -> str:
    """Return the type of a relation as it reads from this end."""
    if relation.type in SYMMETRIC or relation.a == concept:
        return relation.type
    return f"← {relation.type}"


def _quote(quote: Evidence, title: str) -> str:
    said = f"“{_text(quote.quote)}”"
    return f"{said} — [{_text(title)}](<{_address(quote.url)}>)" if _on_the_web(quote.url) else said


def _on_the_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _address(url: str) -> str:
    return urllib.parse.quote(one_line(url), safe=":/?#[]@!$&()*+,;=%~-._'")


def _text(text: str) -> str:
    """Return a text on one line that Markdown, HTML and Obsidian's own marks leave as it is."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def _wikilink(note: str, name: str) -> str:
    """Return a link to a note that shows a name; no bracket, bar or tag may stand in it."""
    shown = " ".join(re.sub(r"[\[\]|<>`]", " ", one_line(name)).split())
    return f"[[{note}|{shown}]]" if shown not in ("", note) else f"[[{note}]]"


def _yaml(text: str) -> str:
    """Return a double-quoted YAML scalar; what YAML would not print is escaped."""
    quoted = json.dumps(one_line(text), ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match.group()):04x}", quoted)


def _file_name(name: str, taken: set[str]) -> str:
    """Return a name that every file system takes, and that no other note has, whatever their case."""
    safe = unicodedata.normalize("NFC", _UNSAFE.sub(" ", clean(name)))
    safe = " ".join(safe.split()).strip(". ")
    safe = _cut(safe, MAX_NAME_BYTES) or "untitled"
    if _DEVICES.fullmatch(safe):
        safe = f"{safe.partition('.')[0]}_"
    unique, number = safe, 2
    while _folded(unique) in taken:
        unique, number = f"{safe} ({number})", number + 1
    taken.add(_folded(unique))
    return unique


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode("utf-8", "ignore").strip(". ")
