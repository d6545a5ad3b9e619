"""One suite for every store: what is committed is there, all of it or nothing, in order; and SQLite's own troubles."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.memory import MemoryStore
from rekuest_codegen.server.sqlite import SqliteStore
from rekuest_codegen.server.store import Delete, Put, Store, StoreFailure, Write

pytestmark = pytest.mark.anyio
WAIT = 5.0


@pytest.fixture(params=["memory", "sqlite", "sqlite-full"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the same store again, as the next process would."""
    if request.param == "memory":
        store = MemoryStore()
        return lambda: store
    path = tmp_path / "server.db"
    return lambda: SqliteStore(path, durability="full" if request.param == "sqlite-full" else "normal")


async def committed(store: Store, *writes: Write, essential: bool = True) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(failure: Exception | None) -> None:
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)

    store.commit(writes, done, essential=essential)
    await asyncio.wait_for(future, WAIT)


async def test_committed_is_there_the_next_time(reopen: Callable[[], Store]) -> None:
    store = reopen()
    assert list(store.load()) == []
    store.start()
    await committed(store, Put("tasks", 10, b"ten"), Put("tasks", 9, b"nine"), Put("nodes", 1, b"one"))
    await committed(store, Put("tasks", 9, b"nine again"), Delete("nodes", 1), Put("nodes", 2, b"two"))
    await committed(store, Delete("tasks", 77))
    await store.close()
    again = reopen()
    assert list(again.load()) == [Put("nodes", 2, b"two"), Put("tasks", 9, b"nine again"), Put("tasks", 10, b"ten")]
    await again.close()


async def test_put_and_delete_in_one_commit_happen_in_their_order(reopen: Callable[[], Store]) -> None:
    store = reopen()
    store.start()
    await committed(store, Put("tasks", 1, b"a"), Delete("tasks", 1), Put("tasks", 2, b"b"))
    await committed(store, Delete("tasks", 2), Put("tasks", 2, b"c"))
    await store.close()
    again = reopen()
    assert list(again.load()) == [Put("tasks", 2, b"c")]
    await again.close()


async def test_commits_are_done_in_their_order(reopen: Callable[[], Store]) -> None:
    store = reopen()
    store.start()
    order: list[int] = []
    everything = asyncio.Event()

    def done(number: int) -> Callable[[Exception | None], None]:
        def call(failure: Exception | None) -> None:
            assert failure is None
            order.append(number)
            if number == 1999:
                everything.set()

        return call

    for number in range(2000):
        store.commit([Put("events", number, b"x")], done(number), essential=number % 2 == 0)
    await asyncio.wait_for(everything.wait(), WAIT)
    assert order == list(range(2000))
    await store.close()


async def test_close_finishes_what_was_committed(reopen: Callable[[], Store]) -> None:
    store = reopen()
    store.start()
    for number in range(500):
        store.commit([Put("events", number, b"x")], lambda failure: None, essential=True)
    await store.close()
    again = reopen()
    assert len(list(again.load())) == 500
    await again.close()


# -- SQLite ------------------------------------------------------------------------------------------------------


class Failing(SqliteStore):
    """A disk that is full for the first ``failures`` transactions."""

    failures = 0
    failed = 0

    def _transact(self, group: Sequence[object]) -> None:
        if self.failed < self.failures:
            self.failed += 1
            raise sqlite3.OperationalError("database or disk is full")
        super()._transact(group)  # type: ignore[arg-type]  # a group of the real class


async def test_full_disk_refuses_what_may_be_refused_and_keeps_the_rest(tmp_path: Path) -> None:
    store = Failing(tmp_path / "server.db")
    store.failures = 3
    store.start()
    kept = asyncio.create_task(committed(store, Put("events", 1, b"kept"), essential=True))
    await asyncio.sleep(0)
    with pytest.raises(StoreFailure, match="disk is full"):
        await committed(store, Put("tasks", 1, b"refused"), essential=False)
    await asyncio.wait_for(kept, WAIT)
    assert store.failed == 3
    await committed(store, Put("tasks", 2, b"later"), essential=False)
    await store.close()
    again = SqliteStore(tmp_path / "server.db")
    assert list(again.load()) == [Put("tasks", 2, b"later"), Put("events", 1, b"kept")]
    await again.close()


async def test_failing_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "server.db")
    store.start()
    with pytest.raises(StoreFailure):
        await committed(store, Put("tasks", 1, b"a"), Put("tasks", 2**70, b"no such id"), essential=False)
    await store.close()
    again = SqliteStore(tmp_path / "server.db")
    assert list(again.load()) == []
    await again.close()


async def test_file_belongs_to_one_server(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "server.db")
    with pytest.raises(ConfigurationError, match="another server is using it"):
        SqliteStore(tmp_path / "server.db")
    await store.close()


async def test_damaged_record_is_never_served(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    store = SqliteStore(path)
    store.start()
    await committed(store, Put("tasks", 1, b"precious" * 100))
    await store.close()
    path.write_bytes(path.read_bytes().replace(b"precious", b"prezious", 1))
    again = SqliteStore(path)
    with pytest.raises(ConfigurationError, match="tasks 1 is damaged"):
        list(again.load())
    await again.close()


@pytest.mark.parametrize("content", [b"this is no database" * 500, b"SQLite format 3\x00" + b"\xff" * 8000])
async def test_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "server.db"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"database {path}"):
        SqliteStore(path)


async def test_database_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigurationError, match="version 99"):
        SqliteStore(path)


async def test_place_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unable to open"):
        SqliteStore(tmp_path / "nowhere" / "server.db")
