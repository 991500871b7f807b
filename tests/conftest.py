"""What every test may ask for."""

import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

ROOT = pathlib.Path(__file__).parents[1]
# How long an example takes says what else the machine does: no test is timed.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """Return the folder of pages and questions used for measuring; $IDEAGRAPH_SHARED names it."""
    folder = pathlib.Path(os.environ.get("IDEAGRAPH_SHARED", ROOT.parent / "shared"))
    if not (folder / "mirror").is_dir():
        pytest.skip(f"no pages to measure with: {folder} is missing (set IDEAGRAPH_SHARED)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _empty_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Begin without a cache, as on a new machine: an encoder written by other code would hide that ours can't."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDEAGRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Return the demo library, built by the command line from the demo's pages with the real encoder."""
    folder = tmp_path_factory.mktemp("demo")
    demo = ROOT / "docs" / "demo"
    archive, library = folder / "pages.warc.gz", folder / "library"
    build = ("build", demo / "reading_list.md", "--replay", archive, "--library", library)
    subprocess.run([sys.executable, demo / "serve.py", archive], check=True)
    subprocess.run([sys.executable, ROOT / "cli.py", *build], check=True, capture_output=True)
    return library
