"""The store in one SQLite file: a writer thread takes whatever commits wait and makes them one transaction.

Grouping is what makes it fast: a disk that syncs 200 times a second still takes thousands of commits. In mode
``full`` an acknowledged commit survives power loss, in ``normal`` the crash of the process. The file belongs to one
server at a time, and every record carries a checksum: a damaged file is refused, never served.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.model import RECORDS
from rekuest_codegen.server.store import Delete, Done, Put, StoreFailure, Write

Durability = Literal["normal", "full"]
VERSION = 1
MAX_GROUP = 512
RETRY_AFTER = (0.05, 0.2, 1.0)
"""Seconds before an essential commit is tried again: the first time, the second, from then on."""


class _Commit(NamedTuple):
    writes: Sequence[Write]
    done: Done
    essential: bool


class SqliteStore:
    def __init__(self, path: Path, *, durability: Durability = "normal") -> None:
        """Open or make the file.

        Raises:
            ConfigurationError: it is in use, damaged, of another version, or cannot be opened.
        """
        self.path = path
        self._queue: queue.SimpleQueue[_Commit | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = threading.Event()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
        except sqlite3.Error as error:
            raise ConfigurationError(f"database {path}: {_explain(error)}") from None
        try:
            self._prepare(durability)
        except sqlite3.Error as error:
            self._connection.close()
            raise ConfigurationError(f"database {path}: {_explain(error)}") from None
        except ConfigurationError:
            self._connection.close()
            raise

    def load(self) -> Iterator[Put]:
        """Raises ConfigurationError at the first record that is not as it was written."""
        for kind in RECORDS:
            try:
                rows = self._connection.execute("SELECT id, body, crc FROM records WHERE kind = ? ORDER BY id", (kind,))
                for key, body, crc in rows:
                    if zlib.crc32(body) != crc:
                        raise ConfigurationError(f"database {self.path}: {kind} {key} is damaged; restore a backup")
                    yield Put(kind, key, body)
            except sqlite3.Error as error:
                raise ConfigurationError(f"database {self.path}: {_explain(error)}") from None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write, name="rekuest-codegen store", daemon=True)
        self._thread.start()

    def commit(self, writes: Sequence[Write], done: Done, *, essential: bool) -> None:
        self._queue.put(_Commit(writes, done, essential))

    async def close(self) -> None:
        if self._thread is not None:
            self._closing.set()
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        self._connection.close()

    def _prepare(self, durability: Durability) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {durability.upper()}")
        problems = [row[0] for row in execute("PRAGMA quick_check(1)")]
        if problems != ["ok"]:
            raise ConfigurationError(f"database {self.path}: it is damaged ({problems[0]}); restore a backup")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise ConfigurationError(f"database {self.path}: version {version}, this server writes {VERSION}")
        execute("BEGIN IMMEDIATE")
        execute(
            "CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL,"
            " crc INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )
        execute(f"PRAGMA user_version = {VERSION}")
        execute("COMMIT")

    def _write(self) -> None:
        """The writer thread: group, commit, report; keep what is essential until it is written."""
        kept: list[_Commit] = []
        failures = 0
        ending = False
        while not ending or kept:
            group, stop = self._take(kept, wait=not ending)
            ending = ending or stop
            if not group:
                continue
            try:
                self._transact(group)
            except Exception as error:  # whatever it is, the thread must live and those who wait must hear
                failure = StoreFailure(f"the server cannot write its database now ({error}); try again later")
                kept = [commit for commit in group if commit.essential]
                self._report([commit for commit in group if not commit.essential], failure)
                if ending:
                    break
                self._closing.wait(RETRY_AFTER[min(failures, len(RETRY_AFTER) - 1)])
                failures += 1
            else:
                kept, failures = [], 0
                self._report(group, None)

    def _take(self, kept: list[_Commit], *, wait: bool) -> tuple[list[_Commit], bool]:
        """What is to be written next, the oldest first, and whether the end was announced."""
        group = list(kept)
        try:
            while len(group) < MAX_GROUP:
                item = self._queue.get(block=wait and not group)
                if item is None:
                    return group, True
                group.append(item)
        except queue.Empty:
            pass
        return group, False

    def _transact(self, group: Sequence[_Commit]) -> None:
        puts: list[tuple[str, int, bytes, int]] = []
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for commit in group:
                for write in commit.writes:
                    if isinstance(write, Delete):
                        self._put(puts)
                        puts = []
                        connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (write.kind, write.id))
                    else:
                        puts.append((write.kind, write.id, write.body, zlib.crc32(write.body)))
            self._put(puts)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _put(self, rows: Sequence[tuple[str, int, bytes, int]]) -> None:
        if rows:
            self._connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)

    def _report(self, group: Sequence[_Commit], failure: StoreFailure | None) -> None:
        if not group or self._loop is None or self._loop.is_closed():
            return

        def call() -> None:
            for commit in group:
                commit.done(failure)

        self._loop.call_soon_threadsafe(call)


def _explain(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text:
        return "another server is using it"
    if "not a database" in text or "malformed" in text:
        return f"it is no database of this server, or damaged ({text})"
    return text
