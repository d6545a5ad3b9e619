"""Tokens from everywhere they may come from; OAuth2 against a real issuer in a process of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import stat
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import pytest

from rekuest_codegen.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    MissingExtraError,
    ProtocolError,
    RekuestError,
    Unreachable,
)
from rekuest_codegen.runtime.auth import (
    Credentials,
    auth_from_environment,
    auth_of,
    client_credentials,
    device_flow,
    oauth,
)
from rekuest_codegen.runtime.auth.oauth import ClientCredentials, DeviceFlow
from rekuest_codegen.wire.auth import Auth, Fixed, with_token
from rekuest_codegen.wire.endpoint import Endpoint
from tests.runtime.identity import Issuer, issuing

WITHIN = 20.0
T = TypeVar("T")
PLACE = Endpoint("http://127.0.0.1:1")


@pytest.fixture(scope="module")
def running_issuer() -> Generator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def issuer(running_issuer: Issuer) -> Issuer:
    running_issuer.set(lifetime=300, up=True, refreshes=True, interval=0.05, code_lifetime=30)
    return running_issuer


class Counted:
    """What an issuer was asked since this was made."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._before = issuer.seen()

    def __getitem__(self, grant: str) -> int:
        return self._issuer.seen().get(grant, 0) - self._before.get(grant, 0)


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> None:
    """Look again and again, until it is good."""
    async with asyncio.timeout(WITHIN):
        for pause in itertools.repeat(0.05):
            if good(await look()):
                return
            await asyncio.sleep(pause)


async def token(auth: Auth, refused: str | None = None) -> str:
    return str(await asyncio.wait_for(auth.token(refused=refused), WITHIN))


# -- what anybody may give ---------------------------------------------------------------------------------------


async def test_a_token_is_itself() -> None:
    auth = auth_of(" abc ", PLACE)
    assert await token(auth) == "abc"
    assert await token(auth, refused="abc") == "abc"
    assert auth == Fixed("abc")
    assert auth != Fixed("abd")
    assert len({auth, Fixed("abc")}) == 1


@pytest.mark.parametrize("given", ["", "  ", "a b", "a\nb", "tökén", "a\x00b"])
def test_what_cannot_be_a_token(given: str) -> None:
    with pytest.raises(ConfigurationError, match="characters that no token has") as caught:
        auth_of(given, PLACE)
    assert given.strip() == "" or given not in str(caught.value)


async def test_functions() -> None:
    given = iter(["one", "two", "three", "four"])

    async def answer() -> str:
        return next(given)

    for function in (lambda: next(given), answer):
        auth = auth_of(function, PLACE)
        first = await token(auth)
        assert await token(auth) == first
        assert await token(auth, refused=first) != first


async def test_a_function_that_fails_is_named() -> None:
    def keyring() -> str:
        raise OSError("locked")

    with pytest.raises(ConfigurationError, match=r"keyring.* raised OSError: locked") as caught:
        await token(auth_of(keyring, PLACE))
    assert isinstance(caught.value.__cause__, OSError)
    assert not caught.value.retry_safe
    unfit: Any = lambda which: "token"  # noqa: E731 - it is to be a lambda
    with pytest.raises(ConfigurationError, match=r"raised TypeError: .*missing 1 required positional argument"):
        await token(auth_of(unfit, PLACE))

    def broken() -> Any:
        return 7

    with pytest.raises(ConfigurationError, match="the token is no text but int"):
        await token(auth_of(broken, PLACE))


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (httpx.ConnectError("no way"), Unreachable),
        (ConnectionResetError("reset"), Unreachable),
        (TimeoutError(), Unreachable),
        (ConnectionLost("gone"), ConnectionLost),
        (AccessDenied("no"), AccessDenied),
        (ZeroDivisionError("division by zero"), ConfigurationError),
        (FileNotFoundError(2, "No such file", "token"), ConfigurationError),
    ],
)
async def test_whose_fault_it_is_that_there_is_no_token(raised: Exception, told: type[RekuestError]) -> None:
    def function() -> str:
        raise raised

    class Flow(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            raise raised
            yield request

    class Mine:
        async def token(self, *, refused: str | None = None) -> str:
            raise raised

    for given in (function, Flow(), Mine()):
        with pytest.raises(told) as caught:
            await with_token(auth_of(given, PLACE), asyncio.sleep)  # type: ignore[arg-type]  # never called
        assert type(caught.value) is told
        assert type(raised) in (told, type(caught.value.__cause__))


def test_what_gives_no_tokens() -> None:
    given: Any = 7
    with pytest.raises(ConfigurationError, match="int gives no tokens; expected a token, a function"):
        auth_of(given, PLACE)


async def test_an_object_of_ones_own() -> None:
    class Mine:
        async def token(self, *, refused: str | None = None) -> str:
            return f"not {refused}"

    assert await token(auth_of(Mine(), PLACE), "this") == "not this"


# -- httpx.Auth --------------------------------------------------------------------------------------------------


class Header(httpx.Auth):
    """Puts a header in; gives another one after a 401, as many as it has."""

    def __init__(self, *headers: str) -> None:
        self.headers = list(headers)
        self.asked: list[str] = []

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for header in self.headers:
            request.headers["Authorization"] = header
            self.asked.append(str(request.url))
            response = yield request
            if response.status_code != 401:
                return


class Fetched(httpx.Auth):
    """Asks an issuer for its token, as such classes do."""

    requires_response_body = True

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        basic = httpx.BasicAuth("robot", "robot-secret")
        asking = httpx.Request("POST", f"{self.issuer.url}/token", data={"grant_type": "client_credentials"})
        response = yield next(basic.auth_flow(asking))
        request.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
        yield request


async def test_the_header_of_an_httpx_auth() -> None:
    given = Header("Bearer one", "Bearer two")
    auth = auth_of(given, PLACE)
    assert await token(auth) == "one"
    assert given.asked == ["http://127.0.0.1:1/graphql"]
    assert await token(auth, refused="one") == "two"
    assert await token(auth_of(Header("Bearer only"), PLACE)) == "only"


async def test_requests_of_an_httpx_auth(issuer: Issuer) -> None:
    counted = Counted(issuer)
    given = await token(auth_of(Fetched(issuer), PLACE))
    assert given in issuer.secrets()
    assert counted["client_credentials"] == 1


async def test_an_httpx_auth_that_gives_no_bearer_token() -> None:
    with pytest.raises(ConfigurationError, match=r"bearer tokens, and this .* gives 'Basic'"):
        await token(auth_of(httpx.BasicAuth("a", "b"), PLACE))
    with pytest.raises(ConfigurationError, match="gives no Authorization header"):
        await token(auth_of(httpx.Auth(), PLACE))


async def test_an_httpx_auth_that_goes_on_for_ever() -> None:
    class Endless(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            while True:
                request.headers["Authorization"] = "Bearer same"
                yield request

    auth = auth_of(Endless(), PLACE)
    assert await token(auth) == "same"
    with pytest.raises(ConfigurationError, match="no token after"):
        await token(auth, refused="same")


# -- OAuth2 ------------------------------------------------------------------------------------------------------


async def test_client_credentials(issuer: Issuer) -> None:
    counted = Counted(issuer)
    auth = client_credentials(issuer.url, "robot", "robot-secret", audience="someone")
    first = await token(auth)
    assert await token(auth) == first
    second = await token(auth, refused=first)
    assert second != first
    assert {first, second} <= set(issuer.secrets())
    assert counted["client_credentials"] == 2
    assert counted["discovery"] == 1


async def test_client_credentials_are_renewed_before_they_end(issuer: Issuer) -> None:
    issuer.set(lifetime=1)
    auth = client_credentials(issuer.url, "robot", "robot-secret")
    first = await token(auth)
    await until(lambda: token(auth), lambda found: found != first)


async def test_a_secret_that_is_wrong(issuer: Issuer) -> None:
    auth = client_credentials(issuer.url, "robot", "wrong-secret")
    line = r"no token for client 'robot': it is not known there, or its secret is wrong \(invalid_client: .+\)$"
    with pytest.raises(AccessDenied, match=line) as caught:
        await token(auth)
    assert "wrong-secret" not in str(caught.value)


async def test_an_issuer_that_is_out_of_order(issuer: Issuer) -> None:
    auth = client_credentials(issuer.url, "robot", "robot-secret")
    issuer.set(up=False)
    with pytest.raises(Unreachable, match=r"out of order \(HTTP 503\)"):
        await token(auth)
    issuer.set(up=True)
    assert await token(auth)
    issuer.set(up=False)
    again = client_credentials(issuer.url, "robot", "robot-secret")
    issuer.set(up=True)
    assert await token(again)


async def test_no_issuer_there() -> None:
    with pytest.raises(Unreachable, match="no connection"):
        await token(client_credentials("http://127.0.0.1:9", "robot", "robot-secret"))


@pytest.mark.parametrize(
    "url", ["http://issuer.example", "ftp://127.0.0.1", "issuer.example", "https://", "https://a@b"]
)
def test_secrets_go_nowhere_unsafe(url: str) -> None:
    with pytest.raises(ConfigurationError, match="expected an https address"):
        client_credentials(url, "robot", "robot-secret")


Published = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    ("document", "error", "text"),
    [
        (lambda url: {"issuer": "https://else.example", "token_endpoint": f"{url}/t"}, ProtocolError, "another issuer"),
        (lambda url: {"issuer": url}, ConfigurationError, "has no token_endpoint"),
        (
            lambda url: {"issuer": url, "token_endpoint": "http://else.example/t"},
            ConfigurationError,
            "expected an https",
        ),
        (lambda url: {"issuer": url, "token_endpoint": 7}, ConfigurationError, "has no token_endpoint"),
        (lambda url: [url], ConfigurationError, "no issuer of tokens there"),
    ],
)
async def test_what_an_issuer_publishes_is_not_believed(
    document: Published, error: type[RekuestError], text: str
) -> None:
    async with publishing(document) as url:
        with pytest.raises(error, match=text):
            await token(client_credentials(url, "robot", "robot-secret"))


class publishing:
    """A server whose every answer is ``document``."""

    def __init__(self, document: Published) -> None:
        self._document = document

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self._url

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(self._document(self._url)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


# -- the device flow ---------------------------------------------------------------------------------------------


class Person:
    """Reads what is shown, and decides."""

    def __init__(self, issuer: Issuer, *, allowed: bool | None) -> None:
        self._issuer = issuer
        self._allowed = allowed
        self.shown: list[str] = []

    def __call__(self, line: str) -> None:
        self.shown.append(line)
        if self._allowed is not None:
            self._issuer.decide(line.split()[-1], allowed=self._allowed)


@pytest.fixture
def ada(issuer: Issuer) -> tuple[Person, DeviceFlow]:
    person = Person(issuer, allowed=True)
    return person, device_flow(issuer.url, "desk", show=person)


async def test_a_person_is_asked_once(issuer: Issuer, ada: tuple[Person, DeviceFlow]) -> None:
    person, auth = ada
    tokens = await asyncio.gather(*(token(auth) for _ in range(5)))
    assert len(set(tokens)) == 1
    assert len(person.shown) == 1
    assert person.shown[0].startswith("To log in, open https://issuer.example/device and enter the code ")


async def test_a_person_who_decides_late_is_waited_for(issuer: Issuer) -> None:
    person = Person(issuer, allowed=None)
    counted = Counted(issuer)
    asking = asyncio.create_task(token(device_flow(issuer.url, "desk", show=person)))
    await until(lambda: asyncio.to_thread(lambda: counted["polls"]), lambda polls: polls >= 3)
    issuer.decide(person.shown[0].split()[-1], allowed=True)
    assert await asking in issuer.secrets()


async def test_a_person_is_not_asked_again_while_tokens_renew_themselves(
    issuer: Issuer, ada: tuple[Person, DeviceFlow]
) -> None:
    person, auth = ada
    counted = Counted(issuer)
    first = await token(auth)
    second = await token(auth, refused=first)
    assert second != first
    assert counted["refresh_token"] == 1
    assert len(person.shown) == 1


async def test_a_person_is_asked_again_when_they_do_not(issuer: Issuer, ada: tuple[Person, DeviceFlow]) -> None:
    person, auth = ada
    first = await token(auth)
    issuer.set(refreshes=False)
    assert await token(auth, refused=first) != first
    assert len(person.shown) == 2


async def test_a_person_who_says_no(issuer: Issuer) -> None:
    with pytest.raises(AccessDenied, match="access_denied"):
        await token(device_flow(issuer.url, "desk", show=Person(issuer, allowed=False)))


async def test_a_person_who_says_nothing(issuer: Issuer) -> None:
    auth = device_flow(issuer.url, "desk", show=Person(issuer, allowed=None), within=0.3)
    with pytest.raises(AccessDenied, match=r"nobody entered the code within 0\.3 s"):
        await token(auth)
    issuer.set(code_lifetime=0.3)
    with pytest.raises(AccessDenied, match=r"nobody entered the code|expired_token"):
        await token(device_flow(issuer.url, "desk", show=Person(issuer, allowed=None)))


async def test_the_code_is_printed_to_stderr(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AccessDenied):
        await token(device_flow(issuer.url, "desk", within=0.1))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "enter the code" in printed.err


# -- kept between runs -------------------------------------------------------------------------------------------


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


async def test_nothing_is_kept_unless_asked_for(issuer: Issuer, state: Path) -> None:
    await token(client_credentials(issuer.url, "robot", "robot-secret"))
    assert os.listdir(state) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the folder and modes of another system")
async def test_a_token_is_kept(issuer: Issuer, state: Path) -> None:
    def flow(**more: Any) -> ClientCredentials:
        return client_credentials(issuer.url, "robot", "robot-secret", cache=True, **more)

    first = await token(flow())
    [file] = (state / "rekuest-codegen" / "tokens").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert await token(flow()) == first
    assert await token(flow(audience="another")) != first
    assert await token(flow(), refused=None) == first
    auth = flow()
    assert await token(auth) == first
    renewed = await token(auth, refused=first)
    assert renewed != first
    assert await token(flow()) == renewed


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", '{"token": 7, "ends": 1}', '{"token": "x", "ends": "soon"}', "[" * 9999]
)
async def test_a_file_that_says_nothing_is_no_file(issuer: Issuer, state: Path, content: str) -> None:
    auth = client_credentials(issuer.url, "robot", "robot-secret", cache=True)
    first = await token(auth)
    [file] = (state / "rekuest-codegen" / "tokens").iterdir()
    file.write_text(content)
    assert await token(client_credentials(issuer.url, "robot", "robot-secret", cache=True)) != first


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
async def test_a_file_that_others_could_read_is_not_trusted(issuer: Issuer, state: Path) -> None:
    first = await token(client_credentials(issuer.url, "robot", "robot-secret", cache=True))
    [file] = (state / "rekuest-codegen" / "tokens").iterdir()
    os.chmod(file, 0o644)
    assert await token(client_credentials(issuer.url, "robot", "robot-secret", cache=True)) != first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_person_is_not_asked_in_the_next_run(issuer: Issuer, state: Path) -> None:
    person = Person(issuer, allowed=True)
    issuer.set(lifetime=1)  # the token ends at once, but it can be renewed
    for _ in range(2):
        assert await token(device_flow(issuer.url, "desk", show=person, cache=True))
    assert len(person.shown) == 1


# -- the environment ---------------------------------------------------------------------------------------------


def test_the_environment() -> None:
    assert auth_from_environment({}) is None
    assert auth_from_environment({"REKUEST_TOKEN": "abc", "REKUEST_ISSUER": "https://a.example"}) == Fixed("abc")
    issuer = {"REKUEST_ISSUER": "https://a.example", "REKUEST_CLIENT_ID": "me"}
    assert repr(auth_from_environment(issuer)) == "device_flow('https://a.example', 'me')"
    secret = {**issuer, "REKUEST_CLIENT_SECRET": "hidden"}
    assert repr(auth_from_environment(secret)) == "client_credentials('https://a.example', 'me')"
    assert auth_from_environment(secret) == auth_from_environment(secret)
    assert auth_from_environment(secret) != auth_from_environment({**secret, "REKUEST_SCOPE": "more"})
    with pytest.raises(ConfigurationError, match="without REKUEST_CLIENT_ID"):
        auth_from_environment({"REKUEST_ISSUER": "https://a.example"})


async def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, issuer: Issuer) -> None:
    for name in ("platformdirs", "authlib.oauth2.auth"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rekuest-codegen\[auth\]'"):
        client_credentials(issuer.url, "robot", "robot-secret", cache=True)
    with pytest.raises(MissingExtraError, match=r"OAuth2 needs"):
        await token(client_credentials(issuer.url, "robot", "robot-secret"))


def test_all_kinds_are_credentials() -> None:
    given: list[Credentials] = ["a", lambda: "a", Header("Bearer a"), Fixed("a")]
    assert len({auth_of(one, PLACE) for one in given}) == 3  # the same token twice


def test_a_flow_without_a_way_to_begin_is_none() -> None:
    class Unfinished(oauth._OAuth):
        """It says nothing of how its first token is got."""

    with pytest.raises(TypeError, match=r"abstract method '?_new"):
        Unfinished(cast("Any", None), {}, None)  # type: ignore[abstract]  # the mistake that is tested
