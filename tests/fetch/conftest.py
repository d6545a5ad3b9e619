"""Servers that answer as a test tells them, real HTTP over a real socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

TOKEN = "sEcReT-token-0123"
CONTRACT_2 = {"__type": {"fields": [{"name": "function"}, {"name": "label"}]}}


@dataclass
class Reply:
    """What goes back, byte for byte."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def data(value: Any) -> Reply:
    return Reply(json.dumps({"data": value}).encode())


def refused(*messages: str, **more: Any) -> Reply:
    return Reply(json.dumps({"data": None, "errors": [{"message": text, **more} for text in messages]}).encode())


def action(key: str = "f", app: str = "lab", **more: Any) -> dict[str, Any]:
    """A listed node of one argument."""
    common = {"hash": "h", "name": key, "version": "1", "kind": "FUNCTION", "app": {"identifier": app}, "returns": []}
    port = {"key": "x", "kind": "INT", "nullable": False}
    return {"id": f"{app}/{key}", **common, "key": key, "args": [port], "implementations": [], **more}


@dataclass
class Listing:
    """A server that lists ``actions``, at most ``limit`` at once; it remembers what it was asked."""

    actions: list[dict[str, Any]]
    look: Any = field(default_factory=lambda: CONTRACT_2)
    limit: int = 10_000
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: dict[str, Any]) -> Reply:
        self.asked.append(request)
        if "LookAtServer" in request["query"]:
            return data(self.look)
        filters, pagination = request["variables"]["filters"], request["variables"]["pagination"]
        found = [raw for raw in self.actions if "ids" not in filters or raw["id"] in filters["ids"]]
        limit = self.limit if "EnumerateHashes" in request["query"] else pagination["limit"]
        start, size = pagination["offset"], min(pagination["limit"], limit)
        return data({"actions": found[start : start + size]})

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The questions for whole nodes."""
        return [request for request in self.asked if "EnumerateNodes" in request["query"]]


Respond = Callable[[dict[str, Any]], Reply]


@contextmanager
def answering(respond: Respond, token: str = TOKEN) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Authorization"] == f"Bearer {token}"
            reply = respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def silent(first: bytes = b"") -> Generator[str]:
    """Accepts, says ``first`` and then nothing."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def accept() -> None:
        try:
            while True:
                kept.append(listening.accept()[0])
                kept[-1].sendall(first)
        except OSError:
            pass  # closed: the test is over

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)
        for connection in kept:
            connection.close()


@pytest.fixture
def at() -> Generator[Callable[[Respond], str]]:
    """Start a server that answers with a function; gives its address."""
    with ExitStack() as stack:
        yield lambda respond: stack.enter_context(answering(respond))
