"""``scan`` and ``pull --source`` as a user meets them: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from rekuest_codegen.cli import main
from rekuest_codegen.ir import definition_hash, read_node
from tests.processes import cli

PROVIDER = '''
from rekuest_codegen import easy
from shop.types import Image

app = easy("lab")


@app.rekuest.register
def blur(image: Image, sigma: float = 1.5) -> Image:
    """Blur an image."""
    return image


@app.register(key="counted")
def count(to: int):
    """Count."""
    yield to
'''
TYPES = """
class Image:
    @classmethod
    def get_identifier(cls):
        return "@lab/image"

    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...
"""
BROKEN = '''
import time
from rekuest_codegen import register


@register
def wait(seconds: float = time.time()) -> None:
    """Wait."""


@register(colections=["a"])
def fine(x: int) -> None:
    """Fine."""
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A src layout whose every file says, when it is run, that it must not be."""
    package = tmp_path / "src" / "shop"
    (package / "deep").mkdir(parents=True)
    stop = "raise SystemExit('imported')\n"
    (package / "__init__.py").write_text(stop, encoding="utf-8")
    (package / "types.py").write_text(stop + TYPES, encoding="utf-8")
    (package / "deep" / "__init__.py").write_text("", encoding="utf-8")
    (package / "deep" / "provider.py").write_text(stop + PROVIDER, encoding="utf-8")
    (tmp_path / ".venv" / "lib").mkdir(parents=True)
    (tmp_path / ".venv" / "lib" / "other.py").write_text(BROKEN, encoding="utf-8")
    return tmp_path


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Our command line in this process, which is where a scan must leave nothing of what it reads."""
    loaded = set(sys.modules)
    with chdir(folder):
        done = CliRunner(env={"REKUEST_URL": "http://unused"}).invoke(main, arguments)
    assert not {name for name in set(sys.modules) - loaded if name.partition(".")[0] in ("shop", "vendor", "app")}
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def scan(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command(folder, "scan", *arguments)


@pytest.mark.parametrize("path", [".", "src", "src/shop", "src/shop/deep/provider.py", "../{name}/src/shop/deep"])
def test_a_table_of_what_is_registered(project: Path, path: str) -> None:
    done = scan(project, path.format(name=project.name))
    assert (done.returncode, done.stderr) == (0, "")
    assert [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()] == [
        ["app", "key", "kind", "signature", "where"],
        [
            "lab",
            "blur",
            "FUNCTION",
            "(image: STRUCTURE @lab/image, sigma: FLOAT? = 1.5) -> STRUCTURE @lab/image",
            "src/shop/deep/provider.py:10",
        ],
        ["lab", "counted", "GENERATOR", "(to: INT) -> nothing", "src/shop/deep/provider.py:16"],
    ]


def test_as_json(project: Path) -> None:
    done = scan(project, "src", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = json.loads(done.stdout)
    assert {key: first[key] for key in ("app", "module", "qualname", "where", "key")} == {
        "app": "lab",
        "module": "shop.deep.provider",
        "qualname": "blur",
        "where": "src/shop/deep/provider.py:10",
        "key": "blur",
    }
    assert (second["qualname"], second["key"], second["kind"]) == ("count", "counted", "GENERATOR")
    where = ("module", "qualname", "where")
    node = read_node({key: value for key, value in first.items() if key not in where})
    assert first["hash"] == definition_hash(node)
    assert scan(project, "src", "--hash").stdout.splitlines()[0] == f"{first['hash']} lab/blur"


def test_on_a_terminal(project: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        cli("scan", "src"), cwd=project, stdout=theirs, env={**os.environ, "COLUMNS": "100"}
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.wait(60) == 0
    os.close(ours)
    text = shown.decode()
    assert "blur" in text
    assert "STRUCTURE" in text


def test_findings_go_to_standard_error(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(BROKEN, encoding="utf-8")
    done = scan(tmp_path, "bad.py")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].split() == ["-", "fine", "FUNCTION", "(x:", "INT)", "->", "nothing", "bad.py:12"]
    first, second = done.stderr.splitlines()
    assert first.startswith("bad.py:7:27: computed-default: wait: parameter seconds: ")
    assert (
        second
        == "bad.py:11:11: warning: unknown-option: fine: there is no option colections; did you mean collections?"
    )
    assert scan(tmp_path, "bad.py", "--json").returncode == 1


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BROKEN.replace("time.time()", "1.0"), encoding="utf-8")
    done = scan(tmp_path, "app.py")
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nowhere"], "error: nowhere: no such file or folder, and no installed package"),
        (["no/where.py"], "error: no/where.py: no such file or folder"),
        (["notes.txt"], "error: notes.txt: is no Python source"),
        (["app.py", "--json", "--hash"], "give one of them"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, arguments: list[str], text: str) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    done = scan(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_an_installed_package_by_name(tmp_path: Path) -> None:
    done = scan(tmp_path, "rekuest_codegen.demo", "--hash")
    assert (done.returncode, done.stderr) == (0, "")
    assert "demo/threshold" in done.stdout
    functions = scan(tmp_path, "colorsys", "--all-functions")
    assert "no-annotation" in functions.stderr
    assert functions.returncode == 1
    silent = scan(tmp_path, "colorsys")
    assert (silent.returncode, silent.stdout) == (0, "")
    assert "--all-functions" in silent.stderr


def test_all_functions(tmp_path: Path) -> None:
    text = "def add(x: int, y: int = 1) -> int:\n    return x + y\ndef _private(x): ...\n"
    (tmp_path / "plain.py").write_text(text, encoding="utf-8")
    done = scan(tmp_path, "plain.py", "--all-functions")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].split()[:3] == ["-", "add", "FUNCTION"]


def test_what_a_terminal_would_act_upon_is_shown(tmp_path: Path) -> None:
    text = "from rekuest_codegen import register\n@register(key='a\\x1b[2Jb')\ndef f(x: 'no\\x1b]0;type'):\n    'F.'\n"
    (tmp_path / "app.py").write_text(text + "@register(key='\\u202eevil')\ndef g(): 'G.'\n", encoding="utf-8")
    done = scan(tmp_path, "app.py")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr


TABLE = """
[tool.rekuest-codegen]
memory-structures = ["vendor.Camera"]
models = ["vendor.Point"]

[tool.rekuest-codegen.structures]
"vendor.Image" = "@mikro/image"
"""
VENDOR = (
    "from dataclasses import dataclass\nclass Image: ...\nclass Camera: ...\n@dataclass\nclass Point:\n    x: int\n"
)
USES = '''
from rekuest_codegen import easy
from vendor import Camera, Image, Point

app = easy("lab")


@app.register
def snap(camera: Camera, at: Point) -> Image:
    """Snap."""
'''


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(TABLE, encoding="utf-8")
    (tmp_path / "vendor.py").write_text(VENDOR, encoding="utf-8")
    (tmp_path / "app.py").write_text(USES, encoding="utf-8")
    return tmp_path


def test_classes_of_others_by_configuration(configured: Path) -> None:
    done = scan(configured, "app.py")
    assert (done.returncode, done.stderr) == (0, "")
    signature = "(camera: MEMORY_STRUCTURE @vendor/camera, at: MODEL @vendor/point) -> STRUCTURE @mikro/image"
    assert signature in done.stdout
    elsewhere = configured / "elsewhere"
    elsewhere.mkdir()
    assert scan(elsewhere, "../app.py").stdout == done.stdout.replace("app.py", "../app.py")


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("structure = {}", "unknown key 'structure'; did you mean 'structures'?"),
        ("zzz = 1", "unknown key 'zzz'; known are structures, models, memory-structures"),
        ("memory-structures = 'x'", "expected a list like"),
        ("memory-structures = ['x']", "'x' is no class; expected 'some_package.Class'"),
        ("models = 3", "expected models = "),
        ("structures = {'a.B' = '@x/b', 'a.C' = '@x/b'}", "'@x/b' names two classes"),
        ("structures = {'a.B; import os' = '@x/b'}", "'a.B; import os' is no class"),
        ("structures = {'a.B' = '@x/b'}\nmodels = ['a.B']", "a.B is declared as two kinds"),
        ("models = [", "pyproject.toml: "),
    ],
)
def test_a_table_nobody_understands(configured: Path, table: str, text: str) -> None:
    (configured / "pyproject.toml").write_text(f"[tool.rekuest-codegen]\n{table}\n", encoding="utf-8")
    for arguments in (["scan", "app.py"], ["pull", "--source", "app.py", "--out", "nodes"]):
        done = command(configured, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: pyproject.toml:")
        assert text in done.stderr
        assert done.stderr.count("\n") == 1


def test_stubs_of_a_neighbours_source(project: Path) -> None:
    mine = project / "mine"
    mine.mkdir()
    done = command(mine, "pull", "--source", "../src", "--out", "nodes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("nodes: 2 nodes of 1 app")
    manifest = json.loads((mine / "nodes" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"] == {"source": "../src"}
    assert str(project) not in (mine / "nodes" / "manifest.json").read_text(encoding="utf-8")
    assert "def blur(" in (mine / "nodes" / "lab.py").read_text(encoding="utf-8")
    again = command(mine, "pull", "--source", "../src", "--out", "nodes")
    assert "nothing changed" in again.stdout
    one = command(mine, "pull", "--source", "../src", "--out", "one", "--key", "counted")
    assert one.stdout.startswith("one: 1 node of")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--source", "bad.py"], "bad.py:7:27: computed-default: "),
        (["--source", "nowhere"], "nowhere: no such file or folder"),
        (["--source", "empty.py"], "empty.py: no registered functions found"),
        (["--source", "bare.py"], "bare.py:4:1: no-app: f is registered with no app whose name can be read"),
        (["--source", "bare.py", "--app", "lab", "--url", "http://x"], "--url is for a server"),
    ],
)
def test_source_that_makes_no_stubs(tmp_path: Path, arguments: list[str], text: str) -> None:
    (tmp_path / "bad.py").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "empty.py").write_text("x = 1\n", encoding="utf-8")
    bare = "from rekuest_codegen import register\n@register\n# with no app\ndef f(x: int) -> int: ...\n"
    (tmp_path / "bare.py").write_text(bare, encoding="utf-8")
    done = command(tmp_path, "pull", "--out", "nodes", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr
    assert not (tmp_path / "nodes").exists()
    named = command(tmp_path, "pull", "--out", "nodes", "--source", "bare.py", "--app", "lab")
    assert named.stdout.startswith("nodes: 1 node of 1 app;")


def test_the_same_again_from_the_cache(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(project / "cache"))
    monkeypatch.chdir(project)
    kept = project / "cache" / "scans"
    for flags in ([], ["--json"], ["--hash"], ["--all-functions"]):
        first, again, anew = (
            CliRunner().invoke(main, ["scan", "src", *flags, *more]) for more in ([], [], ["--no-cache"])
        )
        assert (first.stdout, first.stderr, first.exit_code) == (again.stdout, again.stderr, again.exit_code)
        assert (first.stdout, first.stderr, first.exit_code) == (anew.stdout, anew.stderr, anew.exit_code)
        assert "lab" in first.stdout
    assert len(list(kept.iterdir())) == 4
    monkeypatch.chdir(project / "src")
    assert "../src" not in CliRunner().invoke(main, ["scan", str(project / "src")]).stdout
    assert len(list(kept.iterdir())) == 4


def test_nothing_is_kept_where_that_is_not_wanted(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(project / "cache"))
    assert CliRunner().invoke(main, ["scan", str(project / "src"), "--no-cache"]).exit_code == 0
    assert not (project / "cache").exists()


def test_an_unchanged_scan_loads_no_parser(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(project / "cache"))
    program = (
        "import sys; from rekuest_codegen.cli import main; main(['scan', 'src'], standalone_mode=False); "
        "print(sorted({'libcst', 'pydantic', 'jinja2', 'httpx', 'hashlib', 'docstring_parser'} & set(sys.modules)))"
    )
    told = [
        subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    for path in (project / "src").rglob("*.py"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    told += [
        subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert told[-1].stdout.splitlines()[-1] == "[]"
    assert told[0].stdout.splitlines()[:-1] == told[-1].stdout.splitlines()[:-1]
