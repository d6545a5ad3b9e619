"""Targets of a project as a user meets them: pulled, frozen, changed by flags, and never a token anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.build import unchanged
from rekuest_codegen.ir import definition_hash
from tests.fetch.conftest import TOKEN, Listing, action, answering
from tests.fetch.test_cache import hashed
from tests.processes import run, run_here

PROJECT = """
[tool.rekuest-codegen.structures]
"own.Image" = "@lab/image"
"own.Other" = "@lab/other"

[tool.rekuest-codegen.targets.all]
out = "src/all"
layout = "flat"
async-naming = "suffix"
docstrings = "numpy"
enums = "literal"

[tool.rekuest-codegen.targets.lab]
out = "lab"
include = {{ app = ["la?"], key = ["f*"] }}
exclude = {{ key = ["f2"] }}
{more}
"""
IMAGE = {"key": "image", "kind": "STRUCTURE", "identifier": "@lab/image", "nullable": False}
MODE = {"key": "mode", "kind": "ENUM", "identifier": "@lab/mode", "choices": [{"value": "A", "label": "a"}]}


def nodes() -> list[dict[str, Any]]:
    listed = [hashed(action(f"f{number}"), definition_hash) for number in range(4)]
    other = {**action("g", "other", args=[IMAGE, {**MODE, "nullable": False}], description="It."), "portGroups": []}
    return [*listed, other]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(more=""), encoding="utf-8")
    return tmp_path


def command(
    folder: Path, *arguments: str, url: str | None = None, token: str | None = TOKEN, cache: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {"REKUEST_URL": url or "", "REKUEST_TOKEN": token or "", "REKUEST_CACHE_DIR": str(cache or "")}
    return run_here(*arguments, cwd=folder, environment=environment)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stamped(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path: (content, (folder / path).stat().st_mtime_ns) for path, content in tree(folder).items()}


def keys(package: Path) -> set[str]:
    manifest = json.loads((package / "manifest.json").read_text(encoding="utf-8"))
    return {f"{node['app']}/{node['key']}" for node in manifest["nodes"]}


def test_all_targets_or_those_named(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        done = command(project, "pull", url=url)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "src/all: 5 nodes of 2 apps; files: 5 new",
            "lab: 3 nodes of 1 app; files: 4 new",
        ]
        assert keys(project / "lab") == {"lab/f0", "lab/f1", "lab/f3"}
        (project / "lab" / "__init__.py").unlink()
        assert command(project, "pull", "all", url=url).stdout == "src/all: 5 nodes of 2 apps; nothing changed\n"
        assert command(project, "pull", "lab", "lab", url=url).stdout.count("\n") == 1
        assert (project / "lab" / "__init__.py").exists()


def test_how_it_looks_comes_from_the_file_and_the_command_line(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", url=url).returncode == 0
        text = (project / "src" / "all" / "nodes.py").read_text(encoding="utf-8")
        assert "async def g_async(" in text
        assert "Parameters\n" in text
        assert "own" in (project / "src" / "all" / "types.py").read_text(encoding="utf-8")
        done = command(project, "pull", "all", "--layout", "apps", "--async-naming", "prefix", "--key", "g", url=url)
        assert (done.returncode, done.stderr) == (0, "")
        assert "async def ag(" in (project / "src" / "all" / "other.py").read_text(encoding="utf-8")
        assert keys(project / "src" / "all") == {"other/g"}


def test_flags_go_before_the_environment_and_that_before_the_file(project: Path) -> None:
    (project / "pyproject.toml").write_text(PROJECT.format(more='url = "http://127.0.0.1:9"'), encoding="utf-8")
    assert "127.0.0.1:9/graphql: no connection" in command(project, "pull", "lab").stderr
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", "lab", url=url).returncode == 0
        done = command(project, "pull", "lab", "--url", url, "--token", TOKEN, url="http://127.0.0.1:9", token="other")
        assert (done.returncode, done.stderr) == (0, "")


def test_one_that_fails_leaves_all_as_they_were(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        done = command(project, "pull", "all", "lab", "--app", "other", url=url)
    assert done.returncode == 2
    assert "no nodes for app 'other', key 'f*'" in done.stderr
    assert [path.name for path in project.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("pull", "la"), "no target 'la'"),
        (("pull", "lab", "all", "--out", "x"), "--out is one package"),
        (("pull", "--frozen", "--url", "http://x"), "--frozen reads the package's own manifest"),
        (("pull", "--frozen"), "no manifest.json there"),
        (("pull", "--source", "x", "--connected"), "--connected is for a server"),
        (("check", "--out", "nowhere", "--frozen"), "nowhere: no manifest.json there"),
    ],
)
def test_mistakes_are_one_line(project: Path, arguments: tuple[str, ...], problem: str) -> None:
    done = command(project, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in project.iterdir()] == ["pyproject.toml"]


def test_no_targets(tmp_path: Path) -> None:
    done = command(tmp_path, "pull")
    assert done.returncode == 2
    assert "give --out DIR, or run rekuest-codegen init (there is no pyproject.toml here or above)" in done.stderr


# -- frozen ----------------------------------------------------------------------------------------------------------

OFFLINE = """
import sys
sys.modules["httpx"] = None
from rekuest_codegen.cli.entry import run
sys.argv = ["rekuest-codegen", *sys.argv[1:]]
run()
"""


def offline(folder: Path, *arguments: str, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command where no HTTP client can be imported."""
    environment = {"REKUEST_URL": "", "REKUEST_TOKEN": "", "REKUEST_CACHE_DIR": str(cache or "")}
    return run([sys.executable, "-c", OFFLINE, *arguments], cwd=folder, environment=environment)


def wiped(package: Path) -> None:
    """Nothing of the package is left but its manifest."""
    for path in package.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            path.unlink()


def test_frozen_targets_byte_for_byte(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", url=url).returncode == 0
    before = tree(project)
    for name in ("src/all", "lab"):
        wiped(project / name)
    done = offline(project, "pull", "--frozen")
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(project) == before


def test_frozen_by_the_manifest_alone(project: Path, tmp_path: Path) -> None:
    """Far from the project, the manifest knows how the package looked and which classes it is bound to."""
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", "all", url=url).returncode == 0
    before = tree(project / "src" / "all")
    manifest = json.loads(before["manifest.json"])
    assert manifest["provenance"]["options"] == {
        "layout": "flat",
        "async_naming": "suffix",
        "enums": "literal",
        "docstrings": "numpy",
        "structures": {"@lab/image": "own:Image"},
    }
    moved = tmp_path / "far"
    moved.mkdir()
    (project / "pyproject.toml").unlink()
    (project / "src" / "all").rename(moved / "anything")
    wiped(moved / "anything")
    done = offline(moved, "pull", "--frozen", "--out", "anything")
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(moved / "anything") == before
    assert offline(moved, "check", "--frozen", "--out", "anything").returncode == 0
    assert offline(moved, "pull", "--frozen", "--out", "anything", "--layout", "apps").returncode == 0
    assert "other.py" in tree(moved / "anything")


def test_frozen_with_other_filters_cannot_be_told(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", "lab", url=url).returncode == 0
    before = stamped(project / "lab")
    for arguments in (["lab", "--key", "f1"], ["lab", "--app", "other"]):
        for verb in ("pull", "check"):
            done = offline(project, verb, "--frozen", *arguments)
            assert done.returncode == 2
            assert "was made with other filters (app 'la?', key 'f*', but not key 'f2') than" in done.stderr
    assert stamped(project / "lab") == before


def test_a_manifest_from_elsewhere_makes_no_code(project: Path) -> None:
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", "--out", "x", url=url).returncode == 0
    manifest = project / "x" / "manifest.json"
    raw = json.loads(manifest.read_text(encoding="utf-8"))
    for options in (
        {"structures": {"@lab/image": "os:system('x')"}},
        {"structures": {"@lab/image": "os"}},
        {"structures": {"@lab/image": "import:x"}},
        {"structures": ["x"]},
        {"layout": "../x"},
        {"module_path": "x"},
        {"templates": ["x"]},
    ):
        raw["provenance"]["options"] = options
        manifest.write_text(json.dumps(raw), encoding="utf-8")
        before = stamped(project)
        done = offline(project, "pull", "--frozen", "--out", "x")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done
        assert "x/manifest.json: options: " in done.stderr
        assert stamped(project) == before


def test_templates_are_a_word_for_the_user(project: Path) -> None:
    """A manifest that was made with templates names them; it never makes us read a folder of its choice."""
    (project / "our").mkdir()
    (project / "our" / "package.py.jinja").write_text('"""Ours."""\n', encoding="utf-8")
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", "--out", "x", "--templates", "our", url=url).returncode == 0
    assert (project / "x" / "__init__.py").read_text(encoding="utf-8") == '"""Ours."""\n'
    before = tree(project / "x")
    done = offline(project, "pull", "--frozen", "--out", "x")
    assert done.returncode == 2
    assert "templates of its own (../our); say where they are with --templates DIR" in done.stderr
    wiped(project / "x")
    assert offline(project, "pull", "--frozen", "--out", "x", "--templates", "our").returncode == 0
    assert tree(project / "x") == before
    assert (
        "no such folder of templates" in offline(project, "pull", "--out", "x", "--templates", "nix", "--frozen").stderr
    )


# -- nothing changed -------------------------------------------------------------------------------------------------

HEAVY = ("click", "pydantic", "jinja2", "httpx", "rich", "libcst", "rekuest_codegen.ir", "dataclasses")
LOADED = f"""
import atexit, sys
def say():
    print("loaded", *sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)
atexit.register(say)
sys.argv = ["rekuest-codegen", *sys.argv[1:]]
from rekuest_codegen.cli.entry import run
run()
"""


def loaded(folder: Path, cache: Path, *arguments: str) -> tuple[str, set[str]]:
    """What a frozen pull says, and what it loaded of what is heavy."""
    environment = {"REKUEST_CACHE_DIR": str(cache)}
    done = run([sys.executable, "-c", LOADED, "pull", "--frozen", *arguments], cwd=folder, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout, set(done.stderr.splitlines()[-1].split()[1:])


@pytest.fixture
def frozen(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project that was pulled, and pulled frozen once; and the cache that remembers it."""
    cache = tmp_path_factory.mktemp("cache")
    (project / "our").mkdir()
    (project / "our" / "package.py.jinja").write_text('"""Ours."""\n', encoding="utf-8")
    (project / "pyproject.toml").write_text(PROJECT.format(more='templates = "our"\nkeep = ["*.md"]'), encoding="utf-8")
    with answering(Listing(nodes())) as url:
        assert command(project, "pull", url=url).returncode == 0
    said, heavy = loaded(project, cache)
    assert "rekuest_codegen.ir" in heavy
    assert not heavy & {"httpx", "rich", "libcst"}
    assert said.count("nothing changed") == 2
    return project, cache


@pytest.mark.parametrize("arguments", [(), ("lab",), ("--out", "lab"), ("all", "lab"), ("--out", "./lab/")])
def test_nothing_changed_loads_nothing(frozen: tuple[Path, Path], arguments: tuple[str, ...]) -> None:
    project, cache = frozen
    first, _ = loaded(project, cache, *arguments)
    before = stamped(project)
    assert loaded(project, cache, *arguments) == (first, set())
    assert stamped(project) == before


def edit(path: str, text: str) -> Callable[[Path], object]:
    return lambda project: (project / path).write_text((project / path).read_text(encoding="utf-8") + text)


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (edit("lab/lab.py", "# edited\n"), "1 changed"),
        (lambda project: (project / "lab" / "lab.py").unlink(), "1 new"),
        (edit("pyproject.toml", 'async-naming = "suffix"\n'), "2 changed"),
        (edit("our/package.py.jinja", "# changed\n"), "2 changed"),
        (lambda project: (project / "our" / "package.py.jinja").unlink(), "2 changed"),
        (lambda project: (project / ".lab.0123456789abcdef.new").mkdir(), "nothing changed"),
        (lambda project: (project / "lab" / "notes.md").write_text("mine"), "nothing changed"),
    ],
)
def test_what_changed_is_seen(frozen: tuple[Path, Path], change: Callable[[Path], object], result: str) -> None:
    project, cache = frozen
    change(project)
    said, heavy = loaded(project, cache)
    assert result in said.splitlines()[1]
    assert "rekuest_codegen.ir" in heavy
    assert not list(project.glob(".lab*"))
    while loaded(project, cache)[1]:  # what is new is remembered in turn
        heavy = set()
    assert offline(project, "check", "--frozen").returncode == 0


def test_a_stranger_is_still_refused(frozen: tuple[Path, Path]) -> None:
    project, cache = frozen
    (project / "lab" / "mine.py").write_text("of hours")
    done = offline(project, "pull", "--frozen", cache=cache)
    assert done.returncode == 2
    assert "holds mine.py, which we did not write" in done.stderr


def test_what_somebody_did_meanwhile_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file edited between our writing it and our remembering it, and templates edited while they were in use."""
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for folder in ("package", "templates"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_text("a")
    out = str(tmp_path / "package")
    templates = unchanged.seen([str(tmp_path / "templates")])
    asked = unchanged.question((), out)
    unchanged.remember(asked, ["line"], {out: {"a": "b"}}, templates)
    assert unchanged.answer(asked) is None
    unchanged.remember(asked, ["line"], {out: {"a": "a"}}, {str(tmp_path / "templates"): {"a": "0"}})
    assert unchanged.answer(asked) is None
    unchanged.remember(asked, ["line"], {out: {"a": "a"}}, templates)
    assert unchanged.answer(asked) == ["line"]
    (tmp_path / "templates" / "a").write_text("b")
    assert unchanged.answer(asked) is None


def test_a_broken_memory_is_no_error(frozen: tuple[Path, Path]) -> None:
    project, cache = frozen
    remembered = [path for path in cache.rglob("*") if path.is_file()]
    for text in ("", "[]", '{"lines": ["lies"], "packages": [], "folders": {"x": 3}}', '{"lines": 3}', "\0"):
        for path in remembered:
            path.write_text(text)
        assert loaded(project, cache)[0].count("nothing changed") == 2


# -- tokens, and the cache -------------------------------------------------------------------------------------------


def test_a_token_is_nowhere(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not in a file of the project, of the cache or of the home, and in nothing that was said."""
    cache = tmp_path_factory.mktemp("cache")
    said: list[str] = []
    with answering(Listing(nodes())) as url:
        for arguments in (["pull"], ["pull", "--no-cache"], ["check"], ["pull", "lab", "--token", TOKEN], ["init"]):
            done = command(project, *arguments, url=url, cache=cache)
            said += [done.stdout, done.stderr]
        said.append(command(project, "pull", "--frozen", url=url, cache=cache).stdout)
    said.append(command(project, "pull", "--url", "http://127.0.0.1:9", cache=cache).stderr)
    assert "no connection" in said[-1]
    assert not [text for text in said if TOKEN in text]
    for folder in (project, cache):
        found = [path for path in folder.rglob("*") if path.is_file()]
        assert found
        assert not [path for path in found if TOKEN.encode() in path.read_bytes()]


def test_bodies_that_are_known_are_not_asked_for(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One definition cannot be proved; it is fetched every time, and nothing else is. `check` remembers nothing."""
    cache = tmp_path_factory.mktemp("cache")
    server = Listing(nodes())
    with answering(server) as url:

        def bodies(*arguments: str) -> list[list[str]]:
            server.asked.clear()
            done = command(project, *arguments, url=url, cache=cache)
            assert done.returncode in (0, 1), done.stderr
            return [request["variables"]["filters"]["ids"] for request in server.bodies]

        assert bodies("check", "all") == [["lab/f0", "lab/f1", "lab/f2", "lab/f3", "other/g"]]
        assert not list(cache.iterdir())
        assert bodies("pull", "all") == [["lab/f0", "lab/f1", "lab/f2", "lab/f3", "other/g"]]
        assert bodies("pull", "all") == [["other/g"]]
        assert bodies("pull", "lab") == []
        assert bodies("check", "all") == [["other/g"]]
        assert bodies("pull", "lab", "--no-cache") == [["lab/f0", "lab/f1", "lab/f3"]]


# -- several servers -------------------------------------------------------------------------------------------------

SEVERAL = """
[tool.rekuest-codegen.targets.a]
url = "{a}"
token-variable = "A_TOKEN"

[tool.rekuest-codegen.targets.b]
profile = "b"
"""


def test_targets_of_several_servers_with_a_token_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = tmp_path / "profiles.toml"
    monkeypatch.setenv("REKUEST_PROFILES", str(profiles))
    monkeypatch.setenv("A_TOKEN", "for-a")
    with answering(Listing([action("f")]), "for-a") as a, answering(Listing([action("g")]), "for-b") as b:
        (tmp_path / "pyproject.toml").write_text(SEVERAL.format(a=a), encoding="utf-8")
        profiles.write_text(f'[b]\nurl = "{b}"\ntoken = "for-b"\n', encoding="utf-8")
        profiles.chmod(0o600)
        for line in ("pull", "check", "diff", "docs b --out pages"):
            done = command(tmp_path, *line.split(), token="another")
            assert (done.returncode, done.stderr) == (0, "")
        assert (keys(tmp_path / "a"), keys(tmp_path / "b")) == ({"lab/f"}, {"lab/g"})
        for line in ("check --profile b --out b", "diff b server --profile b"):
            done = command(tmp_path, *line.split(), token=None)
            assert (done.returncode, done.stderr) == (0, "")
        assert "for-" not in "".join(path.read_text() for path in tmp_path.glob("[ab]/*"))
        (tmp_path / "pyproject.toml").write_text(SEVERAL.replace("token-variable", "# ").format(a=a), encoding="utf-8")
        profiles.write_text(f'[b]\nurl = "{b}"\n', encoding="utf-8")
        done = command(tmp_path, "pull")
        assert done.returncode == 2
        assert "one token for 2 servers" in done.stderr
    done = command(tmp_path, "pull", "--frozen", "--profile", "b")
    assert "leave --url, --profile and --source out" in done.stderr
