"""What an update did."""

import collections
import contextlib
import dataclasses
import time
from collections.abc import Iterator

from corpus.errors import PageError
from kg.curation import Rule


@dataclasses.dataclass(slots=True)
class Report:
    """Counts and times of one update.

    Seconds are wall time. Fetching goes on beside the other stages, so `fetch` is only the time spent waiting for it.
    """

    sources: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)  # all, by status
    failed: list[tuple[str, PageError]] = dataclasses.field(default_factory=list)  # (url as listed, why), this time
    asked: int = 0  # sources that were to be brought up to date
    changed: int = 0  # sources whose text was read anew
    passages: int = 0  # those sources have now
    dead: int = 0  # passages that were taken out
    encoded: int = 0  # passages that the encoder had to read
    concepts: int = 0
    relations: int = 0
    unmatched: tuple[Rule, ...] = ()  # decisions in curation.toml that found nothing to decide
    warnings: list[str] = dataclasses.field(default_factory=list)  # what the user should know besides
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)  # by stage

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - begin

    def as_row(self) -> dict[str, object]:
        """Return all of it as JSON takes it."""
        failed = [
            {"url": url, "status": why.status, "reason": why.reason, "mend": why.mend(url)} for url, why in self.failed
        ]
        return {
            "sources": dict(self.sources),
            "asked": self.asked,
            "failed": failed,
            "changed": self.changed,
            "passages": self.passages,
            "dead": self.dead,
            "encoded": self.encoded,
            "concepts": self.concepts,
            "relations": self.relations,
            "unmatched": [str(rule) for rule in self.unmatched],
            "warnings": self.warnings,
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }
