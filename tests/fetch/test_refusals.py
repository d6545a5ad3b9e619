"""What can go wrong between us and a server: one line each, that names the server, and never the token."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from rekuest_codegen.errors import (
    AccessDenied,
    CallTimeout,
    ConfigurationError,
    ConnectionLost,
    DefinitionError,
    ProtocolError,
    RekuestError,
    ServerError,
    SyncInsideLoopError,
    Unreachable,
)
from rekuest_codegen.fetch import afetch_nodes, exchange, fetch_nodes
from tests.fetch.conftest import TOKEN, Listing, Reply, Respond, action, data, refused, silent

At = Callable[[Respond], str]


def said(kind: type[RekuestError], url: str, *, token: str = TOKEN, timeout: float = 10) -> str:
    """The message with which fetching fails, checked for what holds of every message."""
    with pytest.raises(kind) as caught:
        fetch_nodes(url, token, timeout=timeout)
    assert type(caught.value) is kind
    text = str(caught.value)
    assert "\n" not in text
    assert token not in text
    assert token not in repr(caught.value)
    assert token not in "".join(traceback.format_exception(caught.value))
    return text


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    text = said(Unreachable, f"http://127.0.0.1:{port}")
    assert text.startswith(f"http://127.0.0.1:{port}/graphql: no connection")
    assert "is the server running?" in text


@pytest.mark.parametrize("host", ["no-such-host.invalid", "no host", "a" * 70 + ".invalid"])
def test_no_such_host(host: str) -> None:
    with pytest.raises((Unreachable, ConfigurationError), match=host[:20]):
        fetch_nodes(f"http://{host}", TOKEN, timeout=10)


@pytest.mark.parametrize("url", ["http://[::1", "ws://host", "http://:80", "http://host:port", ""])
def test_no_address(url: str) -> None:
    said(ConfigurationError, url)


@pytest.mark.parametrize(
    "token", ["", "  ", "two words", "line\nbreak", "tökén-secret", "null\0byte", "Bearer abcdefgh"]
)
def test_no_token(token: str) -> None:
    """Refused before anything is sent, as HTTP libraries put a header that they refuse into their message."""
    with pytest.raises(ConfigurationError) as caught:
        fetch_nodes("http://127.0.0.1:9", token)
    assert "the token is empty or has characters" in str(caught.value)
    assert not token.strip() or token.strip() not in str(caught.value)


def test_a_token_out_of_a_file_ends_in_a_line_break(at: At) -> None:
    assert fetch_nodes(at(Listing([action()])), f"{TOKEN}\n")


@pytest.mark.parametrize("text", ["Error decoding token header", "Not a valid token", "No Authorization header"])
def test_refused_as_the_real_server_does(text: str, at: At) -> None:
    url = at(lambda _: refused(text))
    assert said(AccessDenied, url) == f"{url}/graphql: the token was refused ({text})"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_as_proxies_do(status: int, at: At) -> None:
    url = at(lambda _: Reply(b"<h1>No</h1>", status, {"Content-Type": "text/html"}))
    assert said(AccessDenied, url) == f"{url}/graphql: the token was refused (HTTP {status})"


def test_a_server_that_repeats_the_token(at: At) -> None:
    url = at(lambda _: refused(f"token {TOKEN} has expired"))
    assert said(AccessDenied, url).endswith("(token <the token> has expired)")


def test_a_server_whose_text_would_move_the_cursor(at: At) -> None:
    text = said(ServerError, at(lambda _: refused("gone\x1b[2J\x9b1m wrong \u202e here", path=["actions"])))
    assert "gone" in text
    assert text.isprintable()


def test_a_server_that_never_ends_its_sentence(at: At) -> None:
    assert len(said(ServerError, at(lambda _: refused(*["wrong " * 1000] * 100, path=["actions"])))) < 1500


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(b"<html>nginx</html>", 200, {"Content-Type": "text/html; charset=utf-8"}), "got text/html (HTTP 200)"),
        (Reply(b"<html>oops</html>", 502, {"Content-Type": "text/html"}), "got text/html (HTTP 502)"),
        (Reply(b"", 200, {}), "got no content type (HTTP 200)"),
        (Reply(b"\xff\xfe{", 200), "the answer cannot be read as the JSON it says it is: "),
        (Reply(b"[" * 200_000, 200), "the JSON it says it is: it nests too deeply (HTTP 200)"),
        (Reply(b'{"data": ' + b"1" * 5000 + b"}", 200), "the JSON it says it is: Exceeds the limit"),
        (Reply(b'{"detail": "Not Found"}', 404), 'expected a GraphQL answer, got {"detail": "Not Found"} (HTTP 404)'),
        (Reply(b"[1, 2]", 200), "expected a GraphQL answer, got [1, 2] (HTTP 200)"),
        (Reply(b'{"data": null}', 200), "an answer without data"),
        (Reply(b'{"data": [1]}', 200), "an answer without data"),
    ],
)
def test_no_graphql_answer(reply: Reply, expected: str, at: At) -> None:
    url = at(lambda _: reply)
    text = said(ProtocolError, url)
    assert text.startswith(f"{url}/graphql: ")
    assert expected in text


@pytest.mark.parametrize("actions", [None, 5, "text", {}, [5], [None], [{}], [{"id": None}], [{"id": ["x"]}]])
def test_a_listing_that_is_none(actions: object, at: At) -> None:
    text = said(ProtocolError, at(lambda _: data({"actions": actions, "__type": None})))
    assert "asked for a list of nodes, and got something else" in text


def test_errors_of_the_server_are_passed_on(at: At) -> None:
    url = at(lambda _: refused("the disk is full", "and so am I", path=["actions"]))
    assert said(ServerError, url) == f"{url}/graphql: the disk is full; and so am I"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status: int, at: At) -> None:
    """The token was given for this server, and for no other."""
    followed: list[object] = []

    def elsewhere(request: object) -> Reply:
        followed.append(request)
        return data({"actions": []})

    target = at(elsewhere)
    url = at(lambda _: Reply(b"", status, {"Location": f"{target}/graphql"}))
    text = said(ProtocolError, url)
    assert f"sends us on to '{target}/graphql' (HTTP {status}); give that address" in text
    assert followed == []


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
def test_silence(first: bytes) -> None:
    with silent(first) as url:
        started = time.monotonic()
        assert said(CallTimeout, url, timeout=0.3) == f"{url}/graphql: no answer within 0.3 s"
        assert time.monotonic() - started < 5


def test_drops_that_never_make_a_whole() -> None:
    """Each byte in time, and the answer is still too late: the bound is on the whole of it."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in range(100):
                with suppress(OSError):
                    connection.sendall(b" ")
                if over.wait(0.05):
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        said(CallTimeout, f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=0.5)
    finally:
        over.set()
        thread.join(10)
        listening.close()


@pytest.mark.parametrize("headers", [{"Content-Length": "1000"}, {"Content-Encoding": "gzip"}])
def test_a_broken_answer(headers: dict[str, str], at: At) -> None:
    assert "the answer broke off" in said(ConnectionLost, at(lambda _: Reply(b'{"data"', 200, headers)))


def test_hanging_up() -> None:
    with silent(b"\r\n") as url:
        assert "the answer broke off" in said(ConnectionLost, url)


@pytest.mark.parametrize("packed", [False, True])
def test_too_much(packed: bool, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted as it unpacks: a small answer can hold a large one."""
    monkeypatch.setattr(exchange, "MAX_BODY", 1_000_000)
    body = json.dumps({"data": {"pad": "x" * 2_000_000}}).encode()
    headers = {"Content-Type": "application/json"}
    if packed:
        body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
        assert len(body) < 100_000
    assert "longer than the 1000000 bytes allowed" in said(ProtocolError, at(lambda _: Reply(body, 200, headers)))


def test_packed_answers_are_read(at: At) -> None:
    listing = Listing([action()])

    def packed(request: dict[str, object]) -> Reply:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        return Reply(gzip.compress(listing(request).body), 200, headers)

    assert [node.key for node in fetch_nodes(at(packed), TOKEN)] == ["f"]


async def test_inside_an_event_loop(at: At) -> None:
    url = at(Listing([action()]))
    with pytest.raises(SyncInsideLoopError, match=r"an event loop .* await afetch_nodes instead"):
        fetch_nodes(url, TOKEN)
    assert [node.key for node in await afetch_nodes(url, TOKEN)] == ["f"]


async def test_given_up_by_whoever_waits() -> None:
    with silent() as url, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await afetch_nodes(url, TOKEN, timeout=60)


HOSTILE = f"{TOKEN}\n\x1b[2J"


def test_what_is_found_in_a_definition_is_told_like_an_error(at: At) -> None:
    """A line for each finding: no definition breaks it, moves the cursor, or repeats the token."""
    ports = [{"key": HOSTILE, "kind": "LIST", "children": []}, {"key": "y", "kind": HOSTILE}]
    url = at(Listing([action(HOSTILE, args=ports[:1]), action("g", HOSTILE, args=ports[1:])]))
    with pytest.raises(DefinitionError) as caught:
        fetch_nodes(url, TOKEN)
    assert [finding.code for finding in caught.value.findings] == ["no-child", "unknown-kind"]
    assert str(caught.value).count("\n") == 1
    for finding in caught.value.findings:
        assert str(finding).isprintable()
        assert "<the token>" in str(finding)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_what_is_listed_and_not_given_is_told_like_an_error(at: At) -> None:
    listing = Listing([action("f", id=HOSTILE)])

    def keeping(request: dict[str, Any]) -> Reply:
        return data({"actions": []}) if "EnumerateNodes" in request["query"] else listing(request)

    assert "yet not given (ids <the token>  [2J)" in said(ProtocolError, at(keeping))
