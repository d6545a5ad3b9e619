"""Starting and stopping: what is refused in one line, what is said when ready, and a clean end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server import ServerConfig, serving
from rekuest_codegen.server.tokens import Tokens
from tests.server.conftest import TOKEN

PROGRAM = """
import sys
from pathlib import Path
from rekuest_codegen.server import ServerConfig, run_server
run_server(ServerConfig(token="t", db=Path(sys.argv[1])), lambda line: print(line, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_of_the_command_line_says_where_and_stops_cleanly(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "server.db")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["rekuest-codegen", "serve:"]
        assert words[3] == "ready"
        assert httpx.get(words[2]).status_code == 200
        process.send_signal(number)
        out, errors = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out, errors) == (0, "", "")


def test_free_ports_and_tokens_nobody_knows() -> None:
    with serving() as one, serving() as two:
        assert one.url != two.url
        assert len({one.token, two.token, ""}) == 3


def test_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            serving(port=port).__enter__()


def test_host_that_others_reach_needs_a_token() -> None:
    with pytest.raises(ConfigurationError, match=r"host 0\.0\.0\.0: others can reach this address, so choose a token"):
        ServerConfig(host="0.0.0.0")
    assert ServerConfig(host="0.0.0.0", token="chosen").token == "chosen"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"port": 70000}, "port 70000"),
        ({"grace": 0}, "grace 0"),
        ({"token": " spaced "}, "token of 'developer'"),
        ({"host": "no such host", "token": "t"}, "cannot listen on no such host"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        serving(**settings).__enter__()  # type: ignore[arg-type]  # settings of every type


def test_damaged_database_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(ConfigurationError, match=f"database {path}"):
        serving(db=path).__enter__()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("name = ", "not TOML"),
        ("", "at least one is needed"),
        ("a = 1", 'a: expected a = "token"'),
        ('a = ""', "token of 'a'"),
        ('a = "same"\nb = "same"', "two identities have the same token"),
    ],
)
def test_token_file_that_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "tokens.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=f"token file {path}: .*{message}") as refusal:
        Tokens.read(path)
    assert "\n" not in str(refusal.value)


def test_tokens_are_identities() -> None:
    tokens = Tokens({"anna": "a", "bert": "b"})
    assert [tokens.identity(given) for given in ("a", "b", "c", "", None, 7)] == [
        "anna",
        "bert",
        None,
        None,
        None,
        None,
    ]
    assert [tokens.bearer(given) for given in ("Bearer a", "bearer b", "a", "Basic a", None)] == [
        "anna",
        "bert",
        None,
        None,
        None,
    ]


def test_missing_extra_is_named() -> None:
    program = """
import sys
sys.modules["uvicorn"] = None
from rekuest_codegen.server import serving
try:
    serving().__enter__()
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    expected = "MissingExtraError the embedded server needs an extra that is not installed: "
    assert done.stdout == expected + "pip install 'rekuest-codegen[server]'\n"


def test_a_server_in_memory_gives_no_id_that_the_one_before_it_gave(
    post: Callable[..., Any], provide: Callable[..., str]
) -> None:
    """An agent that lives on would take a task for the one of that id which it is at."""
    shelve = 'mutation { shelveInMemoryDrawer(input: {identifier: "@a/b", resourceId: "r", label: "l"}) { id } }'
    given: list[int] = []
    for _ in range(2):
        with serving(token=TOKEN) as server:
            provide(server.url, "calc")
            given += [int(post(server.url, shelve)["data"]["shelveInMemoryDrawer"]["id"]) for _ in range(3)]
    assert given == sorted(set(given))
