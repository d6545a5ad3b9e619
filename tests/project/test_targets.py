"""The table a project writes: what it means, and that what nobody understands is an error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Filters, Patterns, Target, read_project

HEAD = "[tool.rekuest-codegen.targets.mynodes]\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "pyproject.toml"


def test_everything_there_is_to_say(file: Path) -> None:
    file.write_text(
        """
[project]
name = "x"

[tool.rekuest-codegen]
ignore = ["lab/*"]

[tool.rekuest-codegen.structures]
"own.Image" = "@lab/image"

[tool.rekuest-codegen.targets.mynodes]
url = "https://rekuest.example.org"
out = "src/mynodes"
include = { app = ["imagej", "lab-*"], collection = "filters" }
exclude.key = ["debug_*"]
search = "segment"
connected = true
layout = "flat"
async-naming = "suffix"
enums = "literal"
docstrings = "numpy"
templates = "our/templates"
keep = ["notes.md", "extra/*.py"]
ignore = ["added-node", "lab/*"]

[tool.rekuest-codegen.targets."the others"]
out = "others"
source = "../neighbour"

[tool.rekuest-codegen.targets.mine]
profile = "lab"

[tool.rekuest-codegen.targets.theirs]
url = "https://rekuest.example.org"
token-variable = "LAB_TOKEN"
""",
        encoding="utf-8",
    )
    project = read_project(file)
    root = file.parent
    assert project.target("mynodes") == Target(
        name="mynodes",
        out=root / "src" / "mynodes",
        root=root,
        url="https://rekuest.example.org",
        filters=Filters(
            app=("imagej", "lab-*"),
            collection=("filters",),
            exclude=Patterns(key=("debug_*",)),
            search="segment",
            connected=True,
        ),
        layout="flat",
        async_naming="suffix",
        enums="literal",
        docstrings="numpy",
        templates=root / "our" / "templates",
        keep=("notes.md", "extra/*.py"),
        ignore=("lab/*", "added-node"),
    )
    assert project.target("the others") == Target(
        name="the others", out=root / "others", root=root, source="../neighbour", ignore=("lab/*",)
    )
    assert project.target("mine").profile == "lab"
    assert project.target("theirs").token_variable == "LAB_TOKEN"
    assert project.ignore == ("lab/*",)
    assert project.classes == {"@lab/image": "own:Image"}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("[tool.rekuest-codegen]\ntarget = {}\n", 2, "unknown key 'target'; did you mean 'targets'?"),
        ("[tool.rekuest-codegen]\nzzz = 1\n", 2, "unknown key 'zzz'; known are structures, models,"),
        ("[tool.rekuest-codegen]\ntargets = 3\n", 2, r"targets: expected a table, [tool.rekuest-codegen.targets]"),
        ("[tool.rekuest-codegen.targets]\nmynodes = 'x'\n", 2, "mynodes: expected a table"),
        (HEAD + "outt = 'x'\n", 2, "unknown key 'outt'; did you mean 'out'?"),
        (HEAD + "profile = 'lab'\nurl = 'http://x'\n", 3, "has a profile and a url; the profile says both"),
        (HEAD + "profile = 'lab'\ntoken-variable = 'X'\n", 3, "has a profile and a token-variable; the profile"),
        (HEAD + "source = 'x'\nprofile = 'lab'\n", 2, "profile and token-variable are for a server"),
        (HEAD + "token-variable = 'eyJ0.secret'\n", 2, "token-variable: expected the name of a variable, as in"),
        (HEAD + "token = 'x'\n", 2, "set REKUEST_TOKEN instead, or say which variable has it: token-variable"),
        (
            "[tool.rekuest_codegen]\n",
            None,
            ":1: [tool.rekuest_codegen]: unknown table; did you mean [tool.rekuest-codegen]?",
        ),
        (HEAD + "server = 'x'\n", 2, "unknown key 'server'; did you mean 'url'?"),
        (HEAD + "async_naming = 'prefix'\n", 2, "unknown key 'async_naming'; did you mean 'async-naming'?"),
        (HEAD + "\nout = 3\n", 3, "out: expected a text, got 3"),
        (HEAD + "out = ''\n", 2, "out: expected a text, got ''"),
        (HEAD + "layout = 'apss'\n", 2, "layout: 'apss' is none of apps, flat; did you mean 'apps'?"),
        (HEAD + "enums = true\n", 2, "enums: True is none of auto, literal, class; known are"),
        (HEAD + "docstrings = ['google']\n", 2, "docstrings: ['google'] is none of google, numpy, rest"),
        (HEAD + "connected = 'yes'\n", 2, "connected: expected true or false, got 'yes'"),
        (HEAD + "keep = [3]\n", 2, "keep: expected a list like"),
        (HEAD + "keep = ['../x']\n", 2, "keep: '../x' leads out of the package"),
        (HEAD + "keep = ['/etc/passwd']\n", 2, "keep: '/etc/passwd' leads out of the package"),
        (HEAD + "url = 'http://x'\nsource = 'y'\n", 3, "has a url and a source"),
        (HEAD + "source = 'y'\nconnected = true\n", None, "search and connected are for a server"),
        (HEAD + "include = { apps = ['x'] }\n", 2, "unknown key 'apps'; did you mean 'app'?"),
        (HEAD[:-2] + ".include]\napps = ['x']\n", 2, "unknown key 'apps'; did you mean 'app'?"),
        (HEAD + "include = { app = 3 }\n", None, "app: expected a list like"),
        (HEAD + "[tool.rekuest-codegen.targets.b]\nout = 'mynodes/inside'\n", None, "would write into one folder"),
        (HEAD + "[tool.rekuest-codegen.targets.b]\nout = './mynodes'\n", None, "would write into one folder"),
        ("[tool.rekuest-codegen.targets.'-x']\n", None, "'-x' is no name for a target"),
    ],
)
def test_what_nobody_understands(file: Path, text: str, line: int | None, problem: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_project(file)
    said = str(caught.value)
    assert problem in said
    assert "\n" not in said
    assert said.startswith(f"pyproject.toml:{line}: [tool.rekuest-codegen" if line else "pyproject.toml:")


@pytest.mark.parametrize("key", ["token", "auth-token", "REKUEST_TOKEN", "password", "bearer"])
@pytest.mark.parametrize("table", ["[tool.rekuest-codegen]\n", HEAD])
def test_a_token_has_no_place_in_a_file(file: Path, table: str, key: str) -> None:
    file.write_text(f'{table}{key} = "sEcReT"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r":2: .*set REKUEST_TOKEN instead") as caught:
        read_project(file)
    assert "sEcReT" not in str(caught.value)


def test_credentials_in_an_address_are_a_token_too(file: Path) -> None:
    file.write_text(f'{HEAD}url = "https://me:sEcReT@example.org"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="leave credentials out") as caught:
        read_project(file)
    assert "sEcReT" not in str(caught.value)


def test_a_target_that_is_not_there(file: Path) -> None:
    file.write_text(HEAD, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"no target 'mynode'.*did you mean 'mynodes'\?"):
        read_project(file).target("mynode")


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        (Filters(), True),
        (Filters(app=("lab",)), True),
        (Filters(app=("LAB",)), False),
        (Filters(app=("l?b", "x")), True),
        (Filters(app=("lab",), key=("other",)), False),
        (Filters(collection=("fil*",)), True),
        (Filters(collection=("none",)), False),
        (Filters(protocol=("*",)), False),
        (Filters(exclude=Patterns(key=("thr*",))), False),
        (Filters(app=("lab",), exclude=Patterns(collection=("slow",))), False),
        (Filters(exclude=Patterns(protocol=("*",))), True),
    ],
)
def test_filters(filters: Filters, taken: bool) -> None:
    assert filters.takes("lab", "threshold", ("filters", "slow"), ()) is taken
