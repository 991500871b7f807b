"""Which passages a question may find at all."""

import dataclasses

from corpus.urls import canonical


@dataclasses.dataclass(frozen=True, slots=True)
class Narrow:
    """What narrows the choice; a passage must fit all that is given."""

    lang: str = ""
    source: str = ""  # a URL
    section: str = ""  # a heading of the reading list, or a part of it

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition on `chunks` and its values; '' where nothing is narrowed."""
        conditions, values = [], []
        if self.lang:
            conditions.append("chunks.lang = ?")
            values.append(self.lang)
        if self.source:
            conditions.append("chunks.source = (select key from sources where url = ?)")
            values.append(canonical(self.source))
        if self.section:
            conditions.append(
                "chunks.source in (select source from entries, json_each(entries.section) "
                "where instr(lower(json_each.value), lower(?)))"
            )
            values.append(self.section)
        return " and ".join(conditions), values
