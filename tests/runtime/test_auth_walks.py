"""Tokens on their way: what is refused is renewed wherever it is said, and no token is told to anybody else."""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from rekuest_codegen import easy
from rekuest_codegen.errors import AccessDenied, ConfigurationError, NodeNotFound, RekuestError
from rekuest_codegen.fetch import afetch_nodes
from rekuest_codegen.runtime import Arguments, Remote, remote
from rekuest_codegen.runtime.auth import Credentials, client_credentials, device_flow
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.server import serving
from rekuest_codegen.wire import messages
from tests.processes import cli, running
from tests.runtime.identity import Issuer, issuing
from tests.runtime.scripted import COMPLETED, scripted, yields

WITHIN = 30.0
app = easy("vault")


@app.register()
def double(x: int) -> int:
    """Twice as much."""
    return 2 * x


class DoubleArgs(Arguments):
    x: int


def node(*, app: str = "vault", key: str = "double") -> Remote[Any]:
    return remote(app=app, key=key, version="1", hash="h", ports="{}", arguments=DoubleArgs, types={})


class Worn:
    """Gives tokens in turn: the next one whenever the last one was refused."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str] = []

    async def token(self, *, refused: str | None = None) -> str:
        if refused == self.tokens[0] and len(self.tokens) > 1:
            self.refused.append(self.tokens.pop(0))
        return self.tokens[0]


@asynccontextmanager
async def calling(url: str, auth: Credentials) -> AsyncGenerator[Client]:
    async with asyncio.timeout(WITHIN), Client(url, auth) as client:
        yield client


async def called(client: Client, remote: Remote[Any]) -> Any:
    watch = await client.start(remote, {"x": 21})
    return (await watch.result())["return0"]


@asynccontextmanager
async def provided(url: str, auth: Any) -> AsyncGenerator[None]:
    ready = asyncio.Event()
    serving = asyncio.create_task(app.arun(url=url, token=auth, on_ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait_for(asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED), WITHIN)
        if serving.done():
            await serving
        yield
    finally:
        waiting.cancel()
        serving.cancel()
        with suppress(asyncio.CancelledError, RekuestError):
            await serving


async def test_a_call_whose_token_is_refused_at_the_door() -> None:
    with serving(token="good") as server:
        async with provided(server.url, "good"), calling(server.url, Worn("bad", "worse", "good")) as client:
            with pytest.raises(AccessDenied):  # one other token is tried, not all of them
                await called(client, node())
            assert await called(client, node()) == 42
            assert await called(client, node()) == 42


async def test_a_provider_whose_token_is_refused() -> None:
    class Late(Worn):
        """Good for the requests that come first, and refused at the registration."""

        async def token(self, *, refused: str | None = None) -> str:
            self.tokens = self.tokens[1:] if refused is None and len(self.tokens) > 2 else self.tokens
            return await super().token(refused=refused)

    with serving(token="good") as server:
        for auth in (Worn("bad", "good"), Late("", "good", "bad", "good")):
            async with provided(server.url, auth), calling(server.url, "good") as client:
                assert await called(client, node()) == 42


async def test_a_provider_that_gets_no_token_for_a_while() -> None:
    """A function that fails ends a provider that begins, and not one that runs: its next connection asks again."""

    class Locked:
        failures = 1

        async def token(self, *, refused: str | None = None) -> str:
            if self.failures:
                self.failures -= 1
                raise KeyError("locked")
            return "good"

    auth, standing = Locked(), ExitStack()
    with standing:
        server = await asyncio.to_thread(standing.enter_context, serving(token="good"))
        with pytest.raises(ConfigurationError, match=r"no token: .*Locked.* raised KeyError: 'locked'"):
            async with provided(server.url, auth):
                pass
        async with provided(server.url, auth):
            await asyncio.to_thread(standing.close)
            auth.failures = 2
            again = serving(token="good", port=int(server.url.rpartition(":")[2]))
            await asyncio.to_thread(standing.enter_context, again)
            async with asyncio.timeout(WITHIN), Client(server.url, "good") as client:
                while True:
                    with suppress(NodeNotFound):
                        assert await called(client, node()) == 42
                        break
                    await asyncio.sleep(0.05)
    assert not auth.failures


async def test_pulling_with_a_token_that_is_refused() -> None:
    with serving(token="good") as server:
        async with provided(server.url, "good"):
            nodes = await afetch_nodes(server.url, Worn("bad", "good"))
        assert [found.key for found in nodes] == ["double"]
        with pytest.raises(AccessDenied):
            await afetch_nodes(server.url, Worn("bad", "worse"))


async def test_a_token_that_ends_under_an_open_connection() -> None:
    """The real server looks at the token anew with every request, and refuses it without closing the connection."""
    auth = Worn("first", "second")

    async def refuse(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name != "assign" or len(auth.refused) or len(server.requests) < 8:
            return False
        await server.refuse(socket, "Token has expired")
        return True

    async with scripted(lambda _: [*yields(42), COMPLETED]) as server, calling(server.url, auth) as client:
        server.on_request = refuse
        remote = node(app="lab", key="add")
        assert [await called(client, remote) for _ in range(10)] == [42] * 10
        assert auth.refused == ["first"]
        assert server.tokens == ["first", "second"]
        assert len(server.references) == 10, "something was assigned twice"


async def test_a_token_that_was_renewed_opens_a_new_connection() -> None:
    auth = Worn("first", "second")
    async with scripted(lambda _: [*yields(42), COMPLETED]) as server, calling(server.url, auth) as client:
        remote = node(app="lab", key="add")
        assert await called(client, remote) == 42
        auth.tokens.pop(0)
        assert await called(client, remote) == 42
        assert server.tokens == ["first", "second"]
        assert len(server.connections) == 1


# -- nobody is told ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def issuer() -> Generator[Issuer]:
    with issuing() as running_issuer:
        yield running_issuer


@pytest.fixture(scope="module")
def guarded(issuer: Issuer) -> Generator[str]:
    """A server in a process of its own that lets in whom the issuer knows."""
    command = cli("serve", "--memory", "--port", "0", "--issuer", issuer.url, "--audience", "rekuest")
    with running(command, until="ready", environment={"REKUEST_TOKEN": ""}) as (_, line):
        yield line.split()[2]


class Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(0)
        self.lines: list[str] = []
        self._here = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        with self._here:
            self.lines.append(f"{record.name} {record.getMessage()} {record.args!r} {record.exc_text}")


@pytest.fixture
def logged() -> Generator[list[str]]:
    """Every line that anybody logs, at any level."""
    root = logging.getLogger()
    handler, before = Everything(), root.level
    levels = {name: logging.getLogger(name).level for name in list(root.manager.loggerDict)}
    root.addHandler(handler)
    root.setLevel(1)
    for name in levels:
        logging.getLogger(name).setLevel(1)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_tokens_of_an_issuer_are_told_to_the_server_alone(
    issuer: Issuer, guarded: str, logged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def show(line: str) -> None:
        shown.append(line)
        issuer.decide(line.split()[-1], allowed=True)

    robot = client_credentials(issuer.url, "robot", "robot-secret", audience="rekuest")
    desk = device_flow(issuer.url, "desk", show=show)
    # Copies: CPython 3.13.0 collects what is left in the `vars` of an object that is gone.
    things: list[Any] = [robot, desk, {**vars(robot)}, {**vars(desk)}]
    async with provided(guarded, robot), calling(guarded, desk) as client:
        assert await called(client, node()) == 42
        assert [found.key for found in await afetch_nodes(guarded, robot)] == ["double"]
        things += [client, {**vars(client)}, client._link, {**vars(client._link)}, {**vars(client._link._auth)}]
        things += [{**vars(thing)} for thing in vars(client._link).values() if hasattr(thing, "__dict__")]
    foreign = client_credentials(issuer.url, "robot", "robot-secret", audience="another")
    failures = [
        await failing(guarded, foreign),
        await failing(guarded, client_credentials(issuer.url, "robot", "not-the-secret")),
        await fetching(guarded, foreign),
        await registering(guarded, foreign),
    ]
    seen = [text for thing in things for text in texts_of(thing)]
    assert len(seen) > 20
    told = [*shown, *seen, *failures, *logged, *capsys.readouterr()]
    secrets = {*issuer.secrets(), "robot-secret", "not-the-secret"}
    assert len(secrets) >= 6
    assert len(logged) > 20, "nothing was logged, so nothing was tested"
    assert any("a frame with a token in it" in line for line in logged)
    for text in told:  # line by line, so that a failure shows where it is
        assert [
            line for line in text.splitlines() if any(part in line for secret in secrets for part in parts(secret))
        ] == []


def texts_of(thing: Any) -> list[str]:
    """What the repr of a thing shows, taken apart. What asyncio runs is left out: it shows the names of code."""
    if type(thing) is dict:
        thing = [*thing.items()]
    if type(thing) in (list, tuple, set, frozenset, deque):
        return [text for item in [*thing] for text in texts_of(item)]
    return [] if isinstance(thing, asyncio.Future | asyncio.Handle | asyncio.AbstractEventLoop) else [repr(thing)]


def parts(secret: str) -> list[str]:
    """A secret, and the halves that a shortened text would show; of a JWT without its header, which all share."""
    body = secret.partition(".")[2] or secret
    return [secret, body[:30], body[-30:]]


async def failing(url: str, auth: Credentials) -> str:
    async with calling(url, auth) as client:
        try:
            await called(client, node())
        except AccessDenied as error:
            return explained(error)
    raise AssertionError("it was let in")


async def fetching(url: str, auth: Any) -> str:
    try:
        await afetch_nodes(url, auth)
    except AccessDenied as error:
        return explained(error)
    raise AssertionError("it was let in")


async def registering(url: str, auth: Credentials) -> str:
    try:
        async with provided(url, auth):
            raise AssertionError("it was let in")
    except AccessDenied as error:
        return explained(error)


def explained(error: BaseException) -> str:
    """All that a traceback can show: the local variables of our own frames too, and what the error holds."""
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join([*whole.format(), repr(error), repr(error.args), repr(vars(error))])


async def test_the_identity_is_the_subject_and_the_client(issuer: Issuer, guarded: str) -> None:
    """Who comes with another token of the same subject is the same; a person at a device is another."""
    async with asyncio.timeout(WITHIN):
        robot = client_credentials(issuer.url, "robot", "robot-secret", audience="rekuest")
        again = client_credentials(issuer.url, "robot", "robot-secret", audience="rekuest")
        assert await robot.token() != await again.token()
        async with provided(guarded, robot), calling(guarded, again) as client:
            watch = await client.start(node(), {"x": 1})
            await watch.result()
        async with provided(guarded, again):
            pass


@pytest.mark.parametrize("message", [messages.Register(token="hush-hush")])
def test_frames_hide_their_token(message: messages.Message) -> None:
    assert "hush-hush" not in repr(message)
