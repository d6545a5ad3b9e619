"""``serve`` as a user meets it."""

from __future__ import annotations

import re
import signal
import stat
from pathlib import Path

import httpx
import pytest

from tests.processes import cli, run, running


def ask(url: str, token: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token}"}
    answer: dict[str, object] = httpx.post(f"{url}/graphql", json={"query": "{actions{id}}"}, headers=headers).json()
    return answer


def address(line: str) -> str:
    return next(word for word in line.split() if word.startswith("http"))


def test_a_token_is_made_up_and_printed(tmp_path: Path) -> None:
    environment = {"REKUEST_TOKEN": ""}
    with running(cli("serve", "--port", "0"), until="TOKEN=", environment=environment, cwd=tmp_path) as (_, line):
        assert re.fullmatch(r"REKUEST_TOKEN=\S{20,}\n", line)


def test_the_token_from_the_environment(tmp_path: Path) -> None:
    command = cli("serve", "--port", "0", "--memory")
    with running(command, until="ready", environment={"REKUEST_TOKEN": "abc"}, cwd=tmp_path) as (process, line):
        assert ask(address(line), "abc") == {"data": {"actions": []}}
        assert ask(address(line), "wrong")["data"] is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not (tmp_path / ".rekuest").exists()


def test_a_token_file(tmp_path: Path) -> None:
    (tmp_path / "tokens.toml").write_text('alice = "aaa"\nbob = "bbb"\n', encoding="utf-8")
    command = cli("serve", "--port", "0", "--memory", "--token-file", "tokens.toml")
    with running(command, until="ready", environment={"REKUEST_TOKEN": "ignored"}, cwd=tmp_path) as (_, line):
        assert ask(address(line), "aaa")["data"] == ask(address(line), "bbb")["data"] == {"actions": []}
        assert ask(address(line), "ignored")["data"] is None


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--host", "0.0.0.0"], "others can reach this address"),
        (["--token-file", "absent.toml"], "absent.toml"),
        (["--db", "folder"], "folder"),
        (["--db", "notes.txt", "--port", "0"], "notes.txt: it is no database of this server"),
        (["--token-file", "notes.txt"], "notes.txt: not TOML"),
        (["--token-file", "shared.toml"], "two identities have the same token"),
        (["--token-file", "empty.toml"], "at least one is needed"),
        (["--port", "70000"], "port 70000"),
    ],
)
def test_refused(tmp_path: Path, more: list[str], text: str) -> None:
    (tmp_path / "folder").mkdir()
    for name, text_of in (
        ("notes.txt", "mine, and no token"),
        ("shared.toml", 'a = "x"\nb = "x"\n'),
        ("empty.toml", ""),
    ):
        (tmp_path / name).write_text(text_of, encoding="utf-8")
    done = run(cli("serve", *more), environment={"REKUEST_TOKEN": ""}, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine, and no token"
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    environment = {"REKUEST_TOKEN": "abc"}
    with running(cli("serve", "--port", "0", "--memory"), until="ready", environment=environment) as (_, line):
        port = address(line).rsplit(":", 1)[1]
        done = run(cli("serve", "--port", port, "--memory"), environment=environment, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_others_cannot_read_the_store(tmp_path: Path) -> None:
    environment = {"REKUEST_TOKEN": "abc"}
    with running(cli("serve", "--port", "0"), until="ready", environment=environment, cwd=tmp_path):
        mode = stat.S_IMODE((tmp_path / ".rekuest" / "server.db").stat().st_mode)
    assert mode & 0o077 == 0
