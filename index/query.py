"""What people type into a search box, as what they mean. Pure; only a date that is none raises.

    how does "multi-head attention" work -vision -"image patches" site:zhihu.com lang:zh

- What stands in quotes must stand in the passage, its heading or its title as it is written; full-width, curly
  and corner quotes are quotes too.
- A minus right before a word or a quote leaves out what holds it. `multi-head`, a minus that stands alone and one
  before a number are text.
- `site:` and `lang:` narrow, with a minus before them they leave out; several of a kind mean any of them.
"""

import calendar
import dataclasses
import datetime
import re
import unicodedata

from corpus.errors import BadInput


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """A question taken apart."""

    text: str = ""  # what to look for by meaning and by words: all but the conditions, quotes taken off
    phrases: tuple[str, ...] = ()  # that must stand there as written
    without: tuple[str, ...] = ()  # words that must not stand there, in any form
    without_phrases: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    without_sites: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()  # ISO 639-1, lower case
    without_langs: tuple[str, ...] = ()


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_QUOTED = (
    '(?<![0-9A-Za-z])["＂]([^"＂“”]*)["＂“”]'  # not the second sign of 5" and 7" screens
    '|[“”„]([^"＂“”„]*)["＂“”]|「([^「」]*)」|『([^『』]*)』'
)
_MINUS = r"(?<!\S)[-－−]"
_SPECIAL = re.compile(
    rf"(?P<minus>{_MINUS})?(?:(?<![0-9A-Za-z_])(?P<name>(?i:site|lang))[:：](?P<value>[^\s,，。；、\"＂“”「」『』]+)"
    rf"|(?P<quoted>{_QUOTED}))"
    rf"|{_MINUS}(?!(?i:site|lang)[:：])(?P<word>[^\W\d_][^\s,，。；、\"＂“”「」『』]*)"
)
_AGO = re.compile(r"(\d{1,6})\s*([dwmy])")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def parse(typed: str) -> Query:
    """Return what was typed as what it means; any text at all means something."""
    fields: dict[str, list[str]] = {field.name: [] for field in dataclasses.fields(Query)}
    plain = _UNSEEN.sub(" ", typed)
    end = 0
    for found in _SPECIAL.finditer(plain):
        fields["text"].append(plain[end : found.start()])
        end = found.end()
        prefix = "without_" if found["minus"] else ""
        if found["name"]:
            name = found["name"].lower()
            fields[f"{prefix}{name}s"].append(language(found["value"]) if name == "lang" else found["value"].lower())
        elif found["word"]:
            fields["without"].append(found["word"].rstrip(".;:!?：！？"))
        else:
            phrase = " ".join(found["quoted"][1:-1].split())
            telling = any(sign.isalnum() for sign in phrase)
            if telling:
                fields[f"{prefix}phrases"].append(phrase)
            if not (telling and prefix):
                fields["text"].append(f" {phrase} " if phrase.isascii() else phrase)
    fields["text"].append(plain[end:])
    text = " ".join("".join(fields.pop("text")).split())
    return Query(text, **{name: tuple(dict.fromkeys(values)) for name, values in fields.items()})


def language(code: str) -> str:
    """Return the language of a code as the library has it: 'zh' of 'zh-CN' and 'ZH'."""
    return re.split("[-_]", unicodedata.normalize("NFKC", code).strip().lower())[0]


def since(text: str, today: datetime.date) -> str:
    """Return the ISO date of '2020-01-31', '2020-01' or '2020' (the first day), or of '30d', '2w', '6m', '1y' ago.

    Raises:
        BadInput: it is none of these, or no day that ever was.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        if ago := _AGO.fullmatch(plain):
            return _ago(int(ago[1]), ago[2], today).isoformat()
        if date := _DATE.fullmatch(plain):
            return datetime.date(int(date[1]), int(date[2] or 1), int(date[3] or 1)).isoformat()
    except (ValueError, OverflowError):
        pass  # 2020-13-01, 999999y
    raise BadInput(f"{text!r} is no date: give one like 2020-01-31, 2020-01 or 2020, or an age like 30d, 2w, 6m, 1y")


def _ago(count: int, unit: str, today: datetime.date) -> datetime.date:
    if unit in "dw":
        return today - datetime.timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return datetime.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
