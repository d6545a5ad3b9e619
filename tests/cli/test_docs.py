"""``docs`` as a user meets it; what it writes for mkdocs is built by mkdocs itself, strictly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.ir import read_node
from rekuest_codegen.server import serving
from tests.emit.test_reference_hostile import MARKUP, Parsed
from tests.processes import cli, run, run_here

ROOT = Path(__file__).parents[2]
CASE = ROOT / "tests" / "cases" / "reference" / "lab"
PAGE = ROOT / "docs" / "reference-pages.md"
SOURCE = """
from rekuest_codegen import App

app = App("lab")


@app.rekuest.register()
def threshold(level: float = 0.5) -> int:
    '''Set what is below a level to black.'''
    return 1
"""
MKDOCS = """
site_name: Nodes
docs_dir: docs
theme: {name: mkdocs, highlightjs: false}
markdown_extensions: [admonition, attr_list, def_list, footnotes, md_in_html, abbr, smarty, toc, sane_lists]
validation: {nav: {omitted_files: warn, not_found: warn}, links: {not_found: warn, anchors: warn}}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with the package ``mynodes``, and nothing else."""
    nodes = [read_node(raw) for raw in json.loads((CASE / "nodes.json").read_text(encoding="utf-8"))]
    write_package(tmp_path / "mynodes", generate(nodes))
    return tmp_path


def docs(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {"REKUEST_URL": "", "REKUEST_TOKEN": ""}
    return run_here("docs", *arguments, cwd=folder, environment=bare)


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock")]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_from_a_package(package: Path) -> None:
    done = docs(package, "--frozen", "--out", "ref")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "ref: 3 nodes of 2 apps; files: 5 new\n"
    expected = CASE / "expected"
    for path in expected.rglob("*.md"):
        text = (package / "ref" / path.relative_to(expected)).read_text(encoding="utf-8")
        # The golden case was found at a server; a package that was not says nothing of one.
        assert text.split("## ", 1)[-1] == path.read_text(encoding="utf-8").split("## ", 1)[-1]
    before = state(package)
    again = docs(package, "--frozen", "--package", "mynodes", "--out", "ref")
    assert again.stdout == "ref: 3 nodes of 2 apps; nothing changed\n"
    assert state(package) == before


def test_one_page_of_html_and_back(package: Path) -> None:
    docs(package, "--frozen", "--out", "ref")
    done = docs(package, "--frozen", "--out", "ref", "--html")
    assert done.stdout == "ref: 3 nodes of 2 apps; files: 1 new, 1 changed, 4 removed\n"
    assert sorted(state(package / "ref")) == ["index.html", "manifest.json"]
    before = state(package)
    assert docs(package, "--frozen", "--out", "ref", "--html").returncode == 0
    assert state(package) == before
    assert docs(package, "--frozen", "--out", "ref").stdout.endswith("files: 4 new, 1 changed, 1 removed\n")


def test_from_source_and_from_a_server(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SOURCE)
    done = docs(tmp_path, "--source", "app.py", "--out", "ref")
    assert (done.returncode, done.stdout) == (0, "ref: 1 node of 1 app; files: 3 new\n"), done.stderr
    text = (tmp_path / "ref" / "apps" / "lab.md").read_text()
    assert "def threshold(level: float | None = 0.5) -> int" in text
    assert "from mynodes.lab import threshold" in text
    with serving(token="a-token") as server:
        url = server.url
        pushed = run(cli("push", "app.py", "--url", url, "--token", "a-token"), cwd=tmp_path)
        assert pushed.returncode == 0, pushed.stderr
        done = docs(tmp_path, "--url", url, "--token", "a-token", "--no-cache", "--out", "served", "--package", "stubs")
    assert (done.returncode, done.stderr) == (0, "")
    assert "from stubs.lab import threshold" in (tmp_path / "served" / "apps" / "lab.md").read_text()


def test_from_a_target(package: Path) -> None:
    (package / "pyproject.toml").write_text(
        '[tool.rekuest-codegen.targets.stubs]\nout = "mynodes"\nasync-naming = "suffix"\n'
    )
    done = docs(package, "--frozen", "--out", "ref")
    assert (done.returncode, done.stderr) == (0, "")
    assert "await threshold_async(" in (package / "ref" / "apps" / "lab.md").read_text(encoding="utf-8")
    with (package / "pyproject.toml").open("a") as project:
        project.write("[tool.rekuest-codegen.targets.others]\n")
    done = docs(package, "--frozen", "--out", "ref")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: a reference is of one package; name one of the targets: stubs, others\n"
    assert docs(package, "stubs", "--frozen", "--out", "ref").stdout == "ref: 3 nodes of 2 apps; nothing changed\n"


def test_what_we_did_not_write_is_left_alone(package: Path) -> None:
    for folder, complaint in (("mynodes", "holds a package, not a reference"), ("mine", "which we did not write")):
        (package / "mine").mkdir(exist_ok=True)
        (package / "mine" / "notes.md").write_text("mine")
        before = state(package)
        done = docs(package, "--frozen", "--out", folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert complaint in done.stderr
        assert done.stderr.count("\n") == 1
        assert state(package) == before


def test_a_manifest_without_a_node(package: Path) -> None:
    manifest = package / "mynodes" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    head = text[: text.index('"nodes": [')]
    manifest.write_text(f'{head}"nodes": []}}\n', encoding="utf-8")
    before = state(package)
    for command in ("pull", "check"):
        done = run_here(command, "--frozen", "--out", "mynodes", cwd=package, environment={})
        said = "error: mynodes/manifest.json: no nodes in it; nothing was written\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert state(package) == before


@pytest.mark.parametrize("form", [[], ["--html"]])
@pytest.mark.parametrize(
    "command",
    [
        ["pull", "--frozen", "--out", "ref"],
        ["pull", "--out", "ref", "--source", "lab.py"],
        ["check", "--frozen", "--out", "ref"],
        ["check", "--out", "ref", "--source", "lab.py"],
        ["diff", "ref", "mynodes"],
        ["docs", "--package", "ref", "--frozen", "--out", "more"],
    ],
)
def test_pages_are_no_package(package: Path, command: list[str], form: list[str]) -> None:
    (package / "lab.py").write_text(SOURCE, encoding="utf-8")
    assert docs(package, "--package", "mynodes", "--frozen", "--out", "ref", *form).returncode == 0
    before = state(package)
    done = run_here(*command, cwd=package, environment={"REKUEST_URL": "", "REKUEST_TOKEN": ""})
    assert (done.returncode, done.stdout) == (2, "")
    assert "reference, not" in done.stderr
    assert done.stderr.count("\n") == 1
    assert state(package) == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--out", "ref"], "no server"),
        (["--frozen", "--package", "nowhere", "--out", "ref"], "nowhere: no manifest.json there"),
        (["--frozen", "--source", "app.py", "--out", "ref"], "leave --url, --profile and --source out"),
        (["nothing", "--frozen", "--out", "ref"], "nothing"),
    ],
)
def test_mistakes_are_one_line(package: Path, arguments: list[str], complaint: str) -> None:
    done = docs(package, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (package / "ref").exists()


def test_mkdocs_builds_it_strictly(package: Path) -> None:
    """Hostile texts and all: no warning, no broken link or anchor, and nothing in it but what was meant."""
    nodes = json.loads((CASE / "nodes.json").read_text(encoding="utf-8"))
    for number, text in enumerate(MARKUP):
        port = {"key": text, "kind": "STRING", "description": text, "default": text, "nullable": True}
        nodes.append({"app": f"evil {text}", "key": f"k{number}", "description": text, "name": text, "args": [port]})
    write_package(package / "mynodes", generate([read_node(raw) for raw in nodes]))
    (package / "mkdocs.yml").write_text(MKDOCS)
    (package / "docs").mkdir()
    (package / "docs" / "index.md").write_text("# Home\n\n[Nodes](nodes/index.md)\n")
    assert docs(package, "--frozen", "--out", "docs/nodes").returncode == 0
    done = run([sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict"], cwd=package)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    page = (package / "site" / "nodes" / "apps" / "lab" / "index.html").read_text(encoding="utf-8")
    assert '<a id="lab.threshold"></a><code>threshold</code>' in page
    plain = Parsed((package / "site" / "index.html").read_text(encoding="utf-8"))
    theirs = {tag for tag, _ in plain.tags} | {
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
        "code",
        "br",
        "h2",
        "h3",
    }
    for path in (package / "site" / "nodes").rglob("*.html"):
        read = Parsed(path.read_text(encoding="utf-8"))
        assert {tag for tag, _ in read.tags} <= theirs, path
        for tag, attributes in read.tags:
            assert not any(name.startswith("on") for name in attributes), (path, tag)
            assert not attributes.get("href", "").lower().startswith("javascript:"), path
        links = {attributes["href"] for tag, attributes in read.tags if tag == "a" and "href" in attributes}
        assert not [link for link in links if "evil.example" in link], path
        assert sum(tag == "script" for tag, _ in read.tags) == sum(tag == "script" for tag, _ in plain.tags), path


def test_the_commands_of_the_page_work(package: Path) -> None:
    commands = re.findall(r"^\$ rekuest-codegen (docs .*?)(?:  #.*)?$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) >= 3
    (package / "provider.py").write_text(SOURCE)
    for number, command in enumerate(commands):
        arguments = command.replace("docs/nodes", f"ref{number}").split()[1:]
        assert docs(package, *arguments).returncode == 0, command
