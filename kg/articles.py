"""A source as the concept graph sees it."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Article:
    """A source with what it mentions."""

    url: str
    title: str
    lang: str
    site: str
    mentions: Mapping[str, int]  # how often, by concept id
