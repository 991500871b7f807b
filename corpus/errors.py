"""Every exception that ideagraph raises on purpose, named for what the caller can do about it.

::

IdeagraphError
├── BadInput            the words or the file given can't be used: give others
│   └── NotFound        nothing has that name: pick one of `near`
├── LibraryError        the library can't be used as it is
│   ├── NoLibrary       there is none here: build one
│   ├── Locked          another process is writing: wait
│   ├── NewerLibrary    a later ideagraph made it: update ideagraph
│   └── WrongEncoder    its vectors come from another model: re-embed, or name that model
└── PageError           one page can't be had; the rest go on
    ├── Gone            404, 410: delete it from the list, or find it in an archive
    ├── Unreachable     no answer, or a broken one: keep what we have, try again later
    ├── Blocked         a wall (403, login, challenge, robots): save it in a browser and import it
    ├── Unsupported     not a web page (PDF, image, archive)
    └── Empty           a page with no article in it
"""

import shlex
from collections.abc import Sequence


class IdeagraphError(Exception):
    """Base of the tree. The message is one line and names the mend."""


class BadInput(IdeagraphError):
    """What was given can't be used; the message says what was expected."""


class NotFound(BadInput):
    """Nothing has this name. `near` lists the nearest names, best first."""

    def __init__(self, message: str, near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.near = tuple(near)


class LibraryError(IdeagraphError):
    """The library can't be used as it is."""


class NoLibrary(LibraryError):
    """There is no library in this folder."""


class Locked(LibraryError):
    """Another process is writing to the library."""


class NewerLibrary(LibraryError):
    """A later version of ideagraph wrote this library."""


class WrongEncoder(LibraryError):
    """The stored vectors come from another model than the one asked for."""


class PageError(IdeagraphError):
    """One page can't be had. `status` is the word that the library stores."""

    status = "unreachable"
    command = "ideagraph update"  # the one that may mend it

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def mend(self, url: str) -> str:
        """Return the command line that may mend it."""
        return self.command.format(url=shlex.quote(url))


class Gone(PageError):
    """The server says that the page is no more."""

    status = "gone"
    command = "ideagraph remove {url}"


class Unreachable(PageError):
    """No answer, or a broken one."""


class Blocked(PageError):
    """The server answered with a wall instead of the article."""

    status = "blocked"
    command = "ideagraph import SAVED.html --url {url}"


class Unsupported(PageError):
    """The answer is not a web page."""

    status = "unsupported"
    command = "ideagraph import SAVED.html --url {url}"


class Empty(PageError):
    """The page holds no article."""

    status = "empty"
    command = "ideagraph import SAVED.html --url {url}"
