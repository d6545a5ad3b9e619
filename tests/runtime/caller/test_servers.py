"""Several servers in one process: which one a call goes to, and how its connection stands."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen import ConnectionState, Server, amap, asubmit, connect, options, using
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.errors import AccessDenied, CallTimeout, ConfigurationError, Unreachable
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.caller import servers
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.server import serving
from tests.runtime.conftest import load, providing

PLACE = '''
import asyncio
from collections.abc import AsyncIterator

from rekuest_codegen import easy

app = easy("place")
WHERE = __name__


@app.register()
async def where(wait: float = 0.0) -> str:
    """Where this runs."""
    await asyncio.sleep(wait)
    return WHERE


@app.register()
async def twice() -> AsyncIterator[str]:
    """Where this runs, twice."""
    yield WHERE
    yield WHERE
'''


def test_a_server_is_closed_when_its_block_is_left(places: Any) -> None:
    package, _, north, _ = places
    states: list[str] = []
    with Server(*north.settings) as server:
        with using(server):
            assert package.where() == "north"
        states.append(server.state)
    states.append(server.state)

    async def awaited() -> None:
        async with server:
            await server.acheck(20)
            states.append(server.state)

    asyncio.run(awaited())
    assert [*states, server.state] == ["connected", "idle", "connected", "idle"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Any, Any, Server, Server]]:
    """Two packages of the same nodes, and two servers where they are provided: north and south."""
    import sys

    folder = tmp_path_factory.mktemp("places")
    servers: list[Server] = []
    with ExitStack() as stack:
        for name in ("north", "south"):
            (folder / f"{name}.py").write_text(PLACE, encoding="utf-8")
            module = load(folder / f"{name}.py", name)
            server = stack.enter_context(serving(token=name))
            stack.enter_context(providing(module.app, server))
            servers.append(Server(server.url, server.token))
            nodes = [one.node for one in provision("place", module.app.parts).functions]
        for package in ("first_nodes", "second_nodes"):
            write_package(folder / package, generate(nodes))
        sys.path.insert(0, str(folder))
        import first_nodes.place  # type: ignore[import-not-found]  # written by the test
        import second_nodes.place  # type: ignore[import-not-found]  # likewise

        yield first_nodes.place, second_nodes.place, *servers
        sys.path.remove(str(folder))
        portal.close()


@pytest.fixture(autouse=True)
def nothing_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_configured", None)
    monkeypatch.setattr(context, "_connected", {})
    monkeypatch.setattr(context, "_from_environment", None)
    for name in context._ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


def test_a_block_a_package_a_process(places: Any) -> None:
    first, second, north, south = places
    with pytest.raises(ConfigurationError, match="no server"):
        first.where()
    connect(*north.settings)
    assert (first.where(), second.where()) == ("north", "north")
    connect(*south.settings, package="second_nodes")
    assert (first.where(), second.where()) == ("north", "south")
    with using(south):
        assert (first.where(), second.where()) == ("south", "south")
        with using(north, package="second_nodes"):
            assert (first.where(), second.where()) == ("south", "north")
    for name in ("second_nodes", "second_nodes.place"):  # the innermost block counts, not the one that says most
        with using(north, package=name):
            assert second.where() == "north"
            with using(south):
                assert second.where() == "south"
                with using(north, package="first_nodes"):
                    assert (first.where(), second.where()) == ("north", "south")
            with using(south, package="second_nodes"):
                assert (first.where(), second.where()) == ("north", "south")
            assert second.where() == "north"
    with using(south, package="second_nodes.pl"):  # no module of that name, though one begins so
        assert first.where() == "north"
    assert (first.where(), second.where()) == ("north", "south")


def test_a_package_is_bound_by_its_own_function(places: Any) -> None:
    first, second, north, south = places
    first_nodes, second_nodes = (sys.modules[one.__package__] for one in (first, second))
    with first_nodes.using(north), second_nodes.using(south):
        assert (first.where(), second.where()) == ("north", "south")
        with first_nodes.using(south):
            assert first.where() == "south"
        assert first.where() == "north"
    with pytest.raises(ConfigurationError, match="no server"):
        first.where()


async def test_both_at_once(places: Any) -> None:
    first, _, north, south = places

    async def ask(server: Server) -> list[str]:
        with using(server):
            task = await asubmit(first.where, 0.05)
            frames = first.atwice()
            asked = amap(first.awhere, [0.0, 0.01])
            later = asyncio.create_task(first.awhere(0.02))
        # All of them were begun in the block, and are read after it.
        found = [await task.aresult(), await later, *[item async for item in frames], *[item async for item in asked]]
        with server.using():
            found.append(await asyncio.to_thread(first.where))
        return found

    assert await asyncio.gather(*(ask(server) for server in [north, south] * 3)) == [["north"] * 7, ["south"] * 7] * 3


def test_the_environment_is_looked_at_anew(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, north, south = places
    for server, name in ((north, "north"), (south, "south")):
        monkeypatch.setenv("REKUEST_URL", server.url)
        monkeypatch.setenv("REKUEST_TOKEN", name)
        assert first.where() == name


def test_connecting_again_to_the_same_changes_nothing_and_another_one_is_let_go(places: Any) -> None:
    first, _, north, south = places
    mine = connect(north.url, "north")
    assert first.where() == "north"
    assert connect(north.url, "north") is mine
    assert mine.state is ConnectionState.CONNECTED
    running = threading.Thread(target=first.where, args=(0.4,))
    running.start()
    connect(south.url, "south")
    assert first.where() == "south"
    running.join(10)  # what was under way is not cut
    connect(north.url, "north")
    assert first.where() == "north"
    assert "north" not in repr(mine).replace(north.url, "")


def test_one_that_was_let_go_is_closed_once_nothing_is_under_way(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "RESTED", 0.0)
    monkeypatch.setattr(servers, "LOOK_EVERY", 0.01)
    first, _, north, south = places
    mine = connect(north.url, "north")
    running = threading.Thread(target=first.where, args=(0.2,))
    running.start()
    until(lambda: mine._client is not None and bool(mine._client._watches))
    connect(south.url, "south")
    mine.retire()
    assert mine.state is ConnectionState.CONNECTED
    running.join(10)
    until(lambda: mine.state is ConnectionState.IDLE)
    until(lambda: not mine._retiring)
    with mine.using():
        assert first.where() == "north"
    mine.close()


def test_opening_and_closing_leaves_nothing(places: Any) -> None:
    _, _, north, _ = places
    server = Server(north.url, "north")
    before = len(portal._at_close)
    for _ in range(3):
        server.check(10)
        assert len(portal._at_close) == before + 1
        server.close()
        assert len(portal._at_close) == before
    known = weakref.ref(server)
    del server
    gc.collect()
    assert known() is None


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_how_a_connection_stands(places: Any) -> None:
    first, _, north, _ = places
    server = Server(north.url, "north")
    seen: list[ConnectionState] = []
    forget = server.on_state(seen.append)
    assert str(server.state) == ConnectionState.IDLE
    server.check(timeout=10)
    server.check()
    assert str(server.state) == ConnectionState.CONNECTED
    with server.using():
        assert first.where() == "north"

    async def cut() -> None:
        client = await server.client()
        connection = client._link._connection
        assert connection is not None
        assert connection._socket is not None
        connection._socket.transport.abort()
        await asyncio.sleep(0.05)

    portal.start(cut).result(10)
    assert str(server.state) == ConnectionState.LOST
    with server.using():
        assert first.where() == "north"
    server.close()
    assert str(server.state) == ConnectionState.IDLE
    forget()
    server.check()
    server.close()
    names = [str(state) for state in seen]
    assert names == ["connecting", "connected", "lost", "connecting", "connected", "idle"]


def test_a_connection_that_cannot_be_made(places: Any) -> None:
    _, _, north, _ = places
    with pytest.raises(AccessDenied):
        Server(north.url, "wrong").check()
    nobody = Server("http://127.0.0.1:9", "token")
    with pytest.raises(Unreachable):
        nobody.check()
    assert nobody.state is ConnectionState.LOST
    with pytest.raises(CallTimeout):
        Server(north.url, "north", auth=None).check(timeout=1e-6)


def test_a_listener_that_fails_harms_nobody(places: Any, caplog: pytest.LogCaptureFixture) -> None:
    first, _, north, _ = places
    server = Server(north.url, "north")

    def fail(state: ConnectionState) -> None:
        raise ValueError(state)

    server.on_state(fail)
    with server.using():
        assert first.where() == "north"
    server.close()
    assert "raised ValueError" in caplog.text


def test_tasks_and_options_go_their_ways(places: Any) -> None:
    first, _, north, _ = places
    with north.using(), options(timeout=0.1), pytest.raises(CallTimeout):
        first.where(30.0)


def test_the_file_of_profiles_is_enough(places: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, north, south = places
    path = tmp_path / "profiles.toml"
    path.write_text(f'[n]\nurl = "{north.url}"\ntoken = "north"\n[s]\nurl = "{south.url}"\ntoken = "south"\n')
    path.chmod(0o600)
    monkeypatch.setenv("REKUEST_PROFILES", str(path))
    monkeypatch.setenv("REKUEST_PROFILE", "s")
    assert first.where() == "south"
    connect(profile="n")
    assert first.where() == "north"
