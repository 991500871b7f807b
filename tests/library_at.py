"""Libraries and pages for tests: pages are made from literals, nothing is fetched."""

import html
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from corpus.errors import Gone
from corpus.library import Library
from corpus.model import Page, Request, Source
from corpus.tables import replace_list
from service.progress import Listener
from service.report import Report
from service.rooms import open_library
from service.update import Outcome, update
from tests.hashing_encoder import HashingEncoder

CLOCK = "2026-01-02T03:04:05Z"

# Sections about the same few ideas in two languages: enough for concepts and relations to come of them.
SECTIONS = (
    (
        "Multi-head attention",
        "Multi-head attention runs several attention heads side by side. Each attention head looks at another part of "
        "the sentence. Multi-head attention joins what the attention heads found.",
    ),
    (
        "Pruning",
        "Pruning removes weights that matter little. Pruning of attention heads makes multi-head attention cheaper. "
        "Knowledge distillation is another way of model compression besides pruning.",
    ),
    (
        "Knowledge distillation",
        "Knowledge distillation is a method that trains a small student on the answers of a large teacher. "
        "DistilBERT is made by knowledge distillation from BERT. Pruning and knowledge distillation can be joined.",
    ),
    (
        "XLNet",
        "XLNet learns from permutations of the order. XLNet keeps two-stream attention. Unlike BERT, XLNet needs no "
        "mask token, and XLNet beats BERT on long texts.",
    ),
    (
        "多头注意力",
        "多头注意力（multi-head attention）并行地计算几个注意力头。每个注意力头关注句子的不同部分。"
        "多头注意力把各个注意力头的结果拼接起来。",
    ),
    (
        "模型压缩",
        "剪枝（pruning）去掉不重要的权重。知识蒸馏（knowledge distillation）是一种让小模型学习大模型输出的方法。"
        "剪枝和知识蒸馏都是模型压缩的方法。",
    ),
    (
        "XLNet 的思路",
        "XLNet 使用排列语言模型。XLNet 和 BERT 的区别在于 XLNet 不需要掩码。双流注意力是 XLNet 的关键。",
    ),
)

# Stands on every page, so that none is too short to be an article.
INTRODUCTION = (
    "These notes collect what a reader of a few articles about language models may want to find again later: which "
    "ideas there are, what they are called in two languages, and how one of them leads to the next. They were written "
    "for a test, so they repeat themselves, and nobody should learn anything from them that is not known already."
)


def html_of(title: str, sections: Sequence[int]) -> str:
    """Return a web page with these of the SECTIONS."""
    body = "".join(
        f"<h2>{html.escape(heading)}</h2><p>{html.escape(text)}</p>"
        for heading, text in (SECTIONS[i] for i in sections)
    )
    title = html.escape(title)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1><p>{INTRODUCTION}</p>{body}</article></body></html>"
    )


class Web:
    """A web in a dictionary: what each URL answers, and what was asked of it."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []

    def fetch(self, requests: Sequence[Request]) -> Iterator[tuple[Request, Outcome]]:
        """Answer each request, in order."""
        for request in requests:
            self.asked.append(request.url)
            text = self.pages.get(request.url)
            if text is None:
                yield request, Gone("404 Not Found")
            else:
                headers = (("content-type", "text/html; charset=utf-8"),)
                yield request, Page(request.url, request.url, 200, headers, text.encode(), CLOCK, (request.url,))


def library_at(folder: pathlib.Path) -> Library:
    """Return a library in a folder, new where there is none."""
    return open_library(folder, create=True)


def build(
    library: Library,
    web: Web,
    urls: Sequence[str],
    encoder: HashingEncoder | None = None,
    listener: Listener | None = None,
) -> Report:
    """Make the library hold a list of these URLs, fetched from this web."""

    def change(db: sqlite3.Connection) -> None:
        replace_list(db, "list", [Source(url) for url in urls])

    return update(library, web.fetch, encoder or HashingEncoder(), change=change, listener=listener or Listener())
