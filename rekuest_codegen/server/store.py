"""Where records are kept: the port, with a twin in memory and one in SQLite.

All writes of one `commit` become durable together or not at all, and commits become durable in the order they were
given. Nothing is told to anybody before the commit it follows from is done. A store never blocks its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rekuest_codegen.errors import ServerError


@dataclass(frozen=True, slots=True)
class Put:
    kind: str
    id: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    kind: str
    id: int


Write = Put | Delete
Done = Callable[[Exception | None], None]
"""Called once, in the event loop: with None when the commit is durable, else with what failed."""


class StoreFailure(ServerError):
    """Nothing was written; the same may succeed later (a full disk, a busy file)."""

    retry_safe = True


class Store(Protocol):
    def load(self) -> Iterator[Put]:
        """Every record, by kind and in the order of ids. Only before the first commit."""
        ...

    def start(self) -> None:
        """Begin to take commits, in the running event loop."""
        ...

    def commit(self, writes: Sequence[Write], done: Done, *, essential: bool) -> None:
        """Make ``writes`` durable, then call ``done``.

        An ``essential`` commit is tried until it succeeds (it records what has happened already); any other may be
        refused with a StoreFailure.
        """
        ...

    async def close(self) -> None:
        """Finish what was committed, then close."""
        ...
