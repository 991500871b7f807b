"""A library about another field gives sensible concepts, without a word of its field in the glossary."""

import pathlib
import re

import pytest

from corpus.model import Chunk, Span, chunk_id
from kg import glossary
from kg.concepts import Concepts, concepts
from kg.curation import Curation
from kg.evidence import Account, account
from kg.glossary import Entry
from kg.mentions import mentions
from kg.names import key
from kg.resolve import called

PAGES = pathlib.Path(__file__).with_name("data").joinpath("databases.txt").read_text("utf-8").split("=== ")[1:]

# What somebody who knows databases would want to find among the first: in these few pages there is little else.
EXPECTED = """
write-ahead log|checkpoint|group commit|B-tree|LSM-tree|compaction|Bloom filter|sorted run|write amplification
PostgreSQL|RocksDB|MySQL|MVCC|multi-version concurrency control|snapshot isolation|serializable isolation|write skew
two-phase locking|deadlock|hash join|hash table|merge join|nested loop join|query optimizer|cardinality estimation
replication|synchronous replication|Raft|Paxos|leader election|consensus algorithm|sharding|transaction|log record
预写日志|检查点|崩溃恢复|组提交|B树|LSM树|合并压缩|布隆过滤器|写放大|多版本并发控制|快照隔离|写偏斜|两阶段锁|死锁
哈希连接|归并连接|嵌套循环连接|查询优化器|基数估计|主从复制|复制延迟|领导者选举|共识算法|事务|哈希表
recovery|isolation level|optimizer|concurrency control|log
"""
SENSIBLE = {key(name) for line in EXPECTED.split("\n") for name in line.split("|") if name}


def _account(page: str) -> Account:
    top, *lines = page.strip().split("\n")
    url, lang, title = (part.strip() for part in top.split("|"))
    read = []
    heading: tuple[str, ...] = ()
    for line in lines:
        is_heading = line.startswith("# ")
        text = line.removeprefix("# ")
        heading = (text,) if is_heading else heading
        chunk = Chunk(
            id=chunk_id(url, text, 0), url=url, title=title, lang=lang, heading=heading, text=text, start=0,
            end=len(text), blocks=(Span(0, len(text), "heading" if is_heading else "paragraph"),),
        )  # fmt: skip
        read.append((chunk, mentions(chunk)))
    return account(url, read)


def _found(entries: tuple[Entry, ...]) -> Concepts:
    return concepts([_account(page) for page in PAGES], entries, Curation())


@pytest.mark.parametrize("entries", [(), glossary.shipped()], ids=["without a glossary", "with that of another field"])
def test_the_first_twenty_are_ideas_of_the_field(entries: tuple[Entry, ...]) -> None:
    first = _found(entries).ranked[:20]
    assert len(first) == 20
    odd = [concept.name for concept in first if key(concept.name) not in SENSIBLE]
    assert odd == []


def test_the_languages_meet_in_the_first_twenty() -> None:
    first = _found(()).ranked[:20]
    both = [concept for concept in first if concept.label_en and concept.label_zh]
    assert len(both) >= 10
    for english, chinese in (
        ("write-ahead log", "预写日志"), ("MVCC", "多版本并发控制"), ("hash join", "哈希连接"), ("WAL", "预写日志"),
        ("snapshot isolation", "快照隔离"), ("LSM-tree", "LSM树"), ("compaction", "合并压缩"),
        ("Bloom filter", "布隆过滤器"), ("leader election", "领导者选举"),
    ):  # fmt: skip
        assert called(english, first) == called(chinese, first)


def test_near_relations_of_the_field_stay_apart() -> None:
    ranked = _found(()).ranked
    pairs = [
        ("hash join", "merge join"),
        ("B-tree", "LSM-tree"),
        ("哈希连接", "归并连接"),
        ("snapshot isolation", "isolation levels"),
    ]
    for one, other in pairs:
        assert called(one, ranked) != called(other, ranked)


def test_nothing_in_the_code_names_what_the_glossary_is_about() -> None:
    field = re.compile(r"\b(?:transformer|bert|attention|neural|embedding)\b", re.IGNORECASE)
    code = pathlib.Path(__file__).parents[1] / "kg"
    for path in (code / "aliases.py", code / "variants.py", code / "composed.py", code / "selection.py"):
        bare = re.sub(r'#[^\n]*|"""(?:[^"]|"(?!""))*"""', "", path.read_text("utf-8"))
        assert field.search(bare) is None, path.name


def test_the_glossary_of_another_field_takes_no_name_away() -> None:
    raft = called("Raft", _found(glossary.shipped()).ranked)
    assert (raft.name, raft.aliases) == ("Raft", ("Raft",))
