"""What every test may ask for."""

import os
import pathlib

import pytest


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """Return the folder of pages and questions used for measuring; $IDEAGRAPH_SHARED names it."""
    folder = pathlib.Path(os.environ.get("IDEAGRAPH_SHARED", pathlib.Path(__file__).parents[2] / "shared"))
    if not (folder / "mirror").is_dir():
        pytest.skip(f"no pages to measure with: {folder} is missing (set IDEAGRAPH_SHARED)")
    return folder
