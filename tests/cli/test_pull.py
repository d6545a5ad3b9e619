"""``pull`` as a user meets it: what goes wrong is one line and exit code 2, and the package on disk stays as it was."""

from __future__ import annotations

import json
import resource
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.server import serving
from tests.processes import cli, run, run_here

TOKEN = "a-secret-token"


class Answers(BaseHTTPRequestHandler):
    body: bytes = b""
    kind: str = "application/json"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = b'{"data": {"__type": null}}' if "LookAtServer" in asked["query"] else self.body
        self.send_response(200)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering(body: bytes, kind: str = "application/json") -> Generator[str]:
    handler = type("Handler", (Answers,), {"body": body, "kind": kind})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def action(app: str = "lab", key: str = "f", **port: Any) -> dict[str, Any]:
    args = [{"key": "x", "kind": "INT", "nullable": False, **port}]
    common = {"id": f"{app}/{key}", "hash": "h", "name": key, "version": "1", "kind": "FUNCTION"}
    return {**common, "app": {"identifier": app}, "key": key, "args": args, "returns": []}


def listing(*actions: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"actions": list(actions)}}).encode()


def pull(url: str, folder: Path, *more: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return run_here("pull", "--out", "mynodes", "--url", url, "--token", token, *more, cwd=folder)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pulled")
    with answering(listing(action())) as url:
        done = pull(url, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def package(pulled: Path, tmp_path: Path) -> Path:
    """A folder in which a package was pulled before."""
    return shutil.copytree(pulled, tmp_path, dirs_exist_ok=True)


def refuses(done: subprocess.CompletedProcess[str], *texts: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    for text in texts:
        assert text in done.stderr


def test_unreachable(package: Path) -> None:
    before = tree(package)
    refuses(pull("http://127.0.0.1:9", package), "http://127.0.0.1:9/graphql: no connection", "is the server running?")
    assert tree(package) == before


def test_no_server_and_no_token(tmp_path: Path) -> None:
    empty = {"REKUEST_URL": "", "REKUEST_TOKEN": ""}
    refuses(run(cli("pull", "--out", "x"), environment=empty, cwd=tmp_path), "REKUEST_URL")
    url = {**empty, "REKUEST_URL": "http://127.0.0.1:9"}
    refuses(run(cli("pull", "--out", "x"), environment=url, cwd=tmp_path), "REKUEST_TOKEN")
    refuses(pull("ftp://somewhere", tmp_path), "'ftp://somewhere': expected something like http://")


def test_refused_token(package: Path) -> None:
    before = tree(package)
    with serving(token="the right one") as server:
        refuses(pull(server.url, package), "the token was refused")
    assert tree(package) == before


def test_html(package: Path) -> None:
    before = tree(package)
    with answering(b"<html>Welcome to nginx!</html>", "text/html") as url:
        refuses(pull(url, package), "text/html", "is this the address of a rekuest server?")
    assert tree(package) == before


def test_a_silent_server(package: Path, unused: Callable[[], str]) -> None:
    refuses(pull(unused(), package, "--timeout", "0.5"), "no answer within 0.5 s")


@pytest.fixture
def unused() -> Generator[Callable[[], str]]:
    """Gives the address of a server that accepts and never says a word."""
    import socket

    listening = socket.create_server(("127.0.0.1", 0))
    yield lambda: f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


def test_definitions_that_cannot_be_expressed_are_all_named(package: Path) -> None:
    before = tree(package)
    bad = (action(key="f", kind="HOLOGRAM"), action(key="g", default="three"), action(key="h"))
    with answering(listing(*bad)) as url:
        refuses(
            pull(url, package),
            "lab/f: args.0.kind: unknown-kind: unknown kind 'HOLOGRAM'",
            "lab/g: args.x: bad-default: default 'three' is no INT",
            "error: 2 findings; nothing was written; to leave them out: --exclude lab/f --exclude lab/g, "
            'or exclude = { node = ["lab/f", "lab/g"] } in the target',
        )
        assert tree(package) == before
        assert pull(url, package, "--exclude", "lab/f", "--exclude", "*/g").returncode == 0
        assert set(json.loads((package / "mynodes" / "manifest.json").read_text())["provenance"]["filters"]) == {
            "exclude"
        }


def test_the_way_out_names_one_node_whatever_it_is_called(tmp_path: Path) -> None:
    bad = action(key="f[*]?'", kind="HOLOGRAM")
    with answering(listing(bad, action(key="fx?'"), action(key="f[a]b'"))) as url:
        done = pull(url, tmp_path)
        flags = done.stderr.partition("out: ")[2].partition(", or exclude")[0]
        table = tomllib.loads(done.stderr.partition(", or ")[2].partition(" in the target")[0])
        assert table == {"exclude": {"node": [shlex.split(flags)[1]]}}
        done = pull(url, tmp_path, *shlex.split(flags))
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 nodes of 1 app" in done.stdout


@pytest.mark.parametrize("command", [("check", "--out", "mynodes"), ("diff", "mynodes", "server")])
def test_who_only_looks_does_not_say_what_it_did_not_write(package: Path, command: tuple[str, ...]) -> None:
    with answering(listing(action(key="f", kind="HOLOGRAM"))) as url:
        done = run_here(*command, cwd=package, environment={"REKUEST_URL": url, "REKUEST_TOKEN": TOKEN})
        assert done.returncode == 2
        assert "error: 1 finding; to leave it out: --exclude lab/f" in done.stderr
        done = run_here(
            *command, "--exclude", "lab/f", cwd=package, environment={"REKUEST_URL": url, "REKUEST_TOKEN": TOKEN}
        )
        assert "HOLOGRAM" not in done.stderr


def test_two_apps_of_one_name(tmp_path: Path) -> None:
    with answering(listing(action("my-app"), action("my.app"), action("My App"))) as url:
        done = pull(url, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    code = "import mynodes, json; print(json.dumps({m: getattr(mynodes, m).__doc__ for m in mynodes.__all__}))"
    imported = json.loads(run([sys.executable, "-c", code], cwd=tmp_path).stdout)
    assert {text for text in imported.values() if "app " in text} >= {
        f"Nodes of the app {name}." for name in ("my-app", "my.app", "My App")
    }
    names = [path.name.lower() for path in (tmp_path / "mynodes").iterdir()]
    assert len(names) == len(set(names))


def test_a_folder_with_files_of_somebody_else(package: Path) -> None:
    (package / "mynodes" / "notes.txt").write_text("mine", encoding="utf-8")
    before = tree(package)
    with answering(listing(action(), action(key="g"))) as url:
        refuses(pull(url, package), "notes.txt")
    assert tree(package) == before
    (package / "other").mkdir()
    (package / "other" / "thesis.tex").write_text("mine", encoding="utf-8")
    with answering(listing(action())) as url:
        refuses(run(cli("pull", "--out", "other", "--url", url, "--token", TOKEN), cwd=package), "thesis.tex")
    assert (package / "other" / "thesis.tex").read_text(encoding="utf-8") == "mine"


def test_no_room_while_writing(package: Path) -> None:
    """The system refuses to write past a few hundred bytes; what was there is still there, and imports."""
    before = tree(package)
    with answering(listing(*(action(key=f"f{number}") for number in range(20)))) as url:
        command = cli("pull", "--out", "mynodes", "--url", url, "--token", TOKEN)
        done = subprocess.run(
            command,
            cwd=package,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)),
        )
    refuses(done, "mynodes")
    assert tree(package) == before
    assert run([sys.executable, "-B", "-c", "from mynodes.lab import f"], cwd=package).returncode == 0


def test_nothing_changed_touches_nothing(package: Path) -> None:
    before = tree(package)
    with answering(listing(action())) as url:
        done = pull(url, package)
    assert done.returncode == 0
    assert "nothing changed" in done.stdout
    assert tree(package) == before


def test_filters(tmp_path: Path) -> None:
    connected = {"implementations": [{"agent": {"connected": True}}]}
    nodes = [action("a", "one"), {**action("a", "two"), **connected}, action("b", "two")]
    for more, expected in (
        (["--key", "two"], {"a/two", "b/two"}),
        (["--app", "a"], {"a/one", "a/two"}),
        (["--app", "a", "--app", "b", "--key", "one"], {"a/one"}),
        (["--connected"], {"a/two"}),
    ):
        with answering(listing(*nodes)) as url:
            done = pull(url, tmp_path, *more)
        assert done.returncode == 0, done.stderr
        manifest = json.loads((tmp_path / "mynodes" / "manifest.json").read_text(encoding="utf-8"))
        assert {f"{node['app']}/{node['key']}" for node in manifest["nodes"]} == expected


def test_structures_of_ones_own(tmp_path: Path) -> None:
    port = {"kind": "STRUCTURE", "identifier": "@lab/image"}
    table = '[tool.rekuest-codegen.structures]\n"own.Image" = "@lab/image"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    (tmp_path / "own.py").write_text("class Image:\n    pass\n", encoding="utf-8")
    with answering(listing(action(**port))) as url:
        assert pull(url, tmp_path).returncode == 0
    code = "import own; from mynodes.lab import FArgs; print(FArgs.model_fields['x'].annotation is own.Image)"
    assert run([sys.executable, "-c", code], cwd=tmp_path).stdout == "True\n"
    (tmp_path / "pyproject.toml").write_text("[tool.rekuest-codegen.structures]\nx = 3\n", encoding="utf-8")
    with answering(listing(action(**port))) as url:
        refuses(pull(url, tmp_path), "pyproject.toml", "expected lines like")


def test_no_nodes_are_no_package(package: Path) -> None:
    before = tree(package)
    with answering(listing()) as url:
        refuses(pull(url, package), f"no nodes at {url}", "nothing was written")
    with answering(listing(action())) as url:
        refuses(pull(url, package, "--app", "typo"), "no nodes for app 'typo' at")
    assert tree(package) == before
