"""What a site's robots.txt allows (RFC 9309). Pure."""

import dataclasses

import protego

from corpus.errors import Blocked, PageError, Unreachable

AGENT = "ideagraph"  # the product token that a robots.txt may address
MAX_BYTES = 500 * 1024  # RFC 9309, section 2.5: a crawler must read at least this much


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """The answer to 'may we?' for one origin."""

    parsed: protego.Protego | None = None  # None: there are no rules
    silent: str = ""  # why the rules can't be known for now

    def refusal(self, url: str) -> PageError | None:
        """Return why `url` must not be asked for, or None."""
        if self.silent:
            return Unreachable(self.silent)
        if self.parsed is None:
            return None
        return None if self.parsed.can_fetch(url, AGENT) else Blocked("the site's robots.txt forbids it")

    @property
    def delay_s(self) -> float:
        """Seconds that the site wants between two requests."""
        return (self.parsed.crawl_delay(AGENT) or 0.0) if self.parsed else 0.0


def rules(status: int, body: bytes) -> Rules:
    """Return what an answer to /robots.txt means: none of it is forbidden at 4xx, all of it for now at 429 and 5xx."""
    if status == 429 or status >= 500:
        return Rules(silent=f"the server answered {status} (asked for its robots.txt)")
    if not 200 <= status < 300:
        return Rules()
    return Rules(protego.Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", errors="replace")))
