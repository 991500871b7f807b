"""Write the demo's pages as a WARC file, so that the crawler can fetch them without a network.

Usage: python docs/demo/serve.py OUT.warc.gz
"""

import pathlib
import sys
from collections.abc import Iterator

from corpus.archive import write_warc
from corpus.model import Page

FOLDER = pathlib.Path(__file__).parent / "pages"
FETCHED_AT = "2024-05-06T07:08:09Z"  # fixed: the same pages give the same file
STATUS = {"https://zhuanlan.example/p/106": 403}  # a wall for anonymous readers; every other page answers 200


def pages() -> Iterator[Page]:
    """Yield every page under `pages/`, by URL: `pages/HOST/PATH.html` answers for https://HOST/PATH."""
    for path in sorted(FOLDER.rglob("*.html")):
        url = f"https://{path.relative_to(FOLDER).with_suffix('').as_posix()}"
        yield Page(
            url=url,
            final_url=url,
            status=STATUS.get(url, 200),
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=path.read_bytes(),
            fetched_at=FETCHED_AT,
            chain=(url,),
        )


def warc(path: pathlib.Path) -> None:
    """Write all pages to `path`, gzipped if its name ends in .gz."""
    write_warc(path, pages())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warc(pathlib.Path(sys.argv[1]))
