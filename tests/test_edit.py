"""What a user can ask to be changed: lists, single pages, pages saved by hand."""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping, Sequence

import pytest

from corpus.archive import write_warc
from corpus.errors import BadInput, NoLibrary, NotFound
from corpus.model import Page
from index.encoder import Encoder
from service import edit
from service.ask import Snapshot
from service.canonical import canonical
from tests.hashing_encoder import HashingEncoder
from tests.library_at import CLOCK, html_of

ONE, TWO, THREE = (f"https://{site}.example/{site}" for site in ("one", "two", "three"))


@dataclasses.dataclass(frozen=True)
class QuickJob(edit.Job):
    @functools.cached_property
    def encoder(self) -> Encoder:
        return HashingEncoder()


def _warc(path: pathlib.Path, pages: Mapping[str, Sequence[int]]) -> pathlib.Path:
    headers = (("content-type", "text/html; charset=utf-8"),)
    write_warc(
        path,
        [
            Page(url, url, 200, headers, html_of(f"Page {url}", sections).encode(), CLOCK)
            for url, sections in pages.items()
        ],
    )
    return path


@pytest.fixture
def job(tmp_path: pathlib.Path) -> QuickJob:
    archive = _warc(tmp_path / "pages.warc.gz", {ONE: [0, 1], TWO: [2, 4], THREE: [3, 6]})
    return QuickJob(tmp_path / "library", create=True, replay=archive)


def _list(path: pathlib.Path, *urls: str) -> pathlib.Path:
    path.write_text("# Reading\n\n" + "".join(f"- [{url[-3:]}]({url})\n" for url in urls), "utf-8")
    return path


def _statuses(job: edit.Job) -> dict[str, str]:
    with Snapshot.open(job.library) as snapshot:
        return {row.url: row.status for row in snapshot.sources()}


def test_a_source_that_no_list_names_any_more_goes(job: QuickJob, tmp_path: pathlib.Path) -> None:
    first, second = _list(tmp_path / "a.md", ONE, TWO), _list(tmp_path / "b.md", TWO, THREE)
    edit.build(job, [first, second])
    assert _statuses(job) == dict.fromkeys((ONE, TWO, THREE), "indexed")
    edit.build(job, [_list(first, ONE)])
    assert _statuses(job) == dict.fromkeys((ONE, TWO, THREE), "indexed"), "the other list still names it"
    edit.build(job, [_list(second, THREE)])
    assert _statuses(job) == dict.fromkeys((ONE, THREE), "indexed")


def test_update_reads_the_lists_again_and_keeps_one_that_is_lost(job: QuickJob, tmp_path: pathlib.Path) -> None:
    first, second = _list(tmp_path / "a.md", ONE), _list(tmp_path / "b.md", THREE)
    edit.build(job, [first, second])
    _list(first, TWO)
    second.unlink()
    report = edit.refetch(job)
    assert _statuses(job) == dict.fromkeys((TWO, THREE), "indexed")
    assert [str(second) in warning for warning in report.warnings] == [True]
    edit.remove(job, str(second))
    assert _statuses(job) == {TWO: "indexed"}
    assert edit.refetch(job).warnings == []


def test_adding_what_is_there_adds_nothing(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.build(job, [_list(tmp_path / "a.md", ONE)])
    before = canonical(job.library)
    assert edit.add(job, [ONE, f"{ONE}#part"]).changed == 0
    assert canonical(job.library) == before
    assert edit.add(job, [TWO]).changed == 1
    assert list(_statuses(job)) == [TWO, ONE]


def test_the_same_address_twice_is_two_entries_and_one_source(job: QuickJob, tmp_path: pathlib.Path) -> None:
    report = edit.build(job, [_list(tmp_path / "a.md", ONE, f"{ONE}?utm_source=x", ONE)])
    with Snapshot.open(job.library) as snapshot:
        assert len(snapshot.sources()) == 3
    assert report.sources == {"indexed": 1}


def test_a_file_of_pages_is_imported_whole_and_never_fetched_over(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.supply(job, [_warc(tmp_path / "mine.warc.gz", {ONE: [5], TWO: [6]})], None)
    before = canonical(job.library)
    assert _statuses(job) == dict.fromkeys((ONE, TWO), "indexed")
    assert edit.build(job, [_list(tmp_path / "a.md", ONE)]).changed == 0
    with Snapshot.open(job.library) as snapshot:
        assert "剪枝" in snapshot.show(ONE).text, "the page of the archive says something else"
    assert edit.remove(job, ONE).concepts <= len(before)
    assert edit.build(job, [tmp_path / "a.md"]).changed == 1, "after its removal it is fetched like any other"


def test_a_saved_page_is_worth_more_than_a_wall(job: QuickJob, tmp_path: pathlib.Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text(html_of("A page that I saw", [0, 1]), "utf-8")
    edit.supply(job, [saved], ONE)
    saved.write_text("<title>Just a moment...</title>", "utf-8")
    report = edit.supply(job, [saved], ONE)
    assert len(report.failed) == 1
    assert _statuses(job) == {ONE: "indexed"}
    with Snapshot.open(job.library) as snapshot:
        assert snapshot.show(ONE).title == "A page that I saw"


def test_removing_says_what_comes_near(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.build(job, [_list(tmp_path / "a.md", ONE, TWO)])
    with pytest.raises(NotFound) as caught:
        edit.remove(job, "https://one.example/on")
    assert caught.value.near[0] == ONE
    report = edit.remove(job, f"{ONE}#anywhere")
    assert report.dead > 0, "passages that go with their source are told"
    assert "a.md still names it" in report.warnings[0]
    assert _statuses(job) == {TWO: "indexed"}


def test_a_list_that_is_no_list_makes_no_library(job: QuickJob, tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty.md").write_text("# Nothing here yet\n", "utf-8")
    (tmp_path / "binary.md").write_bytes(b"\xff\xfe\x00\x80")
    no_archive = dataclasses.replace(job, replay=tmp_path / "empty.md")
    with pytest.raises(BadInput, match=r"empty\.md"):
        edit.build(no_archive, [_list(tmp_path / "a.md", ONE)])
    for path, says in (("none.md", "none.md"), ("empty.md", "names no page"), ("binary.md", "UTF-8")):
        with pytest.raises(BadInput, match=says):
            edit.build(job, [tmp_path / path])
    for url in ("one.example", "http://[::1", "http://a..b/", "http://x:99999/"):
        with pytest.raises(BadInput, match="https://"):
            edit.add(job, [url])
    with pytest.raises(BadInput, match="one file"):
        edit.supply(job, [tmp_path / "a.html", tmp_path / "b.html"], ONE)
    assert not job.folder.exists()


def test_what_needs_a_library_makes_none(tmp_path: pathlib.Path) -> None:
    job = QuickJob(tmp_path / "library")
    with pytest.raises(NoLibrary):
        edit.refetch(job)
    with pytest.raises(NoLibrary):
        edit.remove(job, ONE)
    assert not job.folder.exists()


def test_curation_takes_effect_at_the_next_update_and_goes_with_its_line(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.build(job, [_list(tmp_path / "a.md", ONE, TWO, THREE)])
    before = canonical(job.library)
    rules = job.folder / "curation.toml"
    rules.write_text('[[ban]]\nname = "pruning"\n\n[[ban]]\nname = "a name that nothing has"\n', "utf-8")
    report = edit.refetch(job)
    assert [str(rule) for rule in report.unmatched] == ["ban 'a name that nothing has'"]
    with Snapshot.open(job.library) as snapshot, pytest.raises(NotFound):
        snapshot.ideas.concept("pruning", k=1)
    rules.unlink()
    edit.refetch(job)
    assert canonical(job.library) == before


def test_a_name_that_is_taken_is_told(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.build(job, [_list(tmp_path / "a.md", ONE, TWO, THREE)])
    (job.folder / "curation.toml").write_text('[[rename]]\nname = "XLNet"\nto = "pruning"\n', "utf-8")
    assert ["called pruning" in warning for warning in edit.refetch(job).warnings] == [True]


def test_a_glossary_of_ones_own_joins_names(job: QuickJob, tmp_path: pathlib.Path) -> None:
    edit.build(job, [_list(tmp_path / "a.md", ONE, TWO, THREE)])
    own = job.folder / "glossary.tsv"
    own.write_text("en\tzh\taliases\nXLNet\tXL网络\t\n", "utf-8")
    edit.refetch(job)
    with Snapshot.open(job.library) as snapshot:
        assert snapshot.ideas.concept("XL网络", k=1).concept == snapshot.ideas.concept("XLNet", k=1).concept
    own.write_text("no header\n", "utf-8")
    with pytest.raises(BadInput, match=r"glossary\.tsv:1"):
        edit.refetch(job)
