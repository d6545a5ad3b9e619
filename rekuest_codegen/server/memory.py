"""The store for a server that need not outlive its process: everything is durable at once, and gone with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rekuest_codegen.server.model import RECORDS
from rekuest_codegen.server.store import Done, Put, Write


class MemoryStore:
    def __init__(self) -> None:
        self._rows: dict[str, dict[int, bytes]] = {kind: {} for kind in RECORDS}

    def load(self) -> Iterator[Put]:
        for kind, rows in self._rows.items():
            for key in sorted(rows):
                yield Put(kind, key, rows[key])

    def start(self) -> None:
        pass

    def commit(self, writes: Sequence[Write], done: Done, *, essential: bool) -> None:
        del essential  # nothing is ever refused
        for write in writes:
            if isinstance(write, Put):
                self._rows[write.kind][write.id] = write.body
            else:
                self._rows[write.kind].pop(write.id, None)
        done(None)

    async def close(self) -> None:
        pass
