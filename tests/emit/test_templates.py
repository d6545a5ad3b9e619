"""Templates of the user's: one by one, with a context that stays, and errors that say where."""

from __future__ import annotations

import json
import re
import subprocess
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.emit import EmitOptions, generate, modules, plan, stubs, templates
from rekuest_codegen.emit.compiling import PRINTERS, compiled
from rekuest_codegen.emit.printers import PRINTERS as COMPILED
from rekuest_codegen.errors import ConfigurationError, GenerationError
from rekuest_codegen.ir import Node, records
from tests.emit.hostile import OPTIONS, nodes
from tests.processes import cli, run

DOCUMENTED = Path(__file__).parents[2] / "docs" / "templates.md"


def test_the_printers_are_those_of_the_templates() -> None:
    assert PRINTERS.read_text(encoding="utf-8") == compiled(), "run make generate"


@given(st.lists(nodes(), max_size=4), OPTIONS)
def test_a_template_prints_what_was_compiled_from_it(some: list[Node], options: EmitOptions) -> None:
    package = plan.plan(some, options)
    theirs = templates.printers(templates.SHIPPED)
    for name, contexts in {
        "package.py.jinja": [package],
        "types.py.jinja": package.types,
        "module.py.jinja": package.stubs,
        "lazy.py.jinja": package.lazy,
        "lazy.pyi.jinja": package.lazy,
    }.items():
        for context in contexts:
            assert theirs[name](context) == COMPILED[name](context)


@pytest.mark.parametrize("name", sorted(templates.CONTEXTS))
def test_one_is_replaced_and_the_others_stay(tmp_path: Path, sample: list[Node], name: str) -> None:
    options = EmitOptions(module_size=1)
    (tmp_path / "_rest.jinja").write_text("# and more\n")
    (tmp_path / name).write_text("# mine\n{% include '_rest.jinja' %}\n")
    ours = generate(sample, options)
    mine = generate(sample, EmitOptions(module_size=1, templates=tmp_path))
    differing = {path for path in ours if ours[path] != mine[path]} - {"manifest.json"}
    assert differing
    assert {mine[path] for path in differing} == {"# mine\n# and more\n"}
    assert json.loads(mine["manifest.json"])["nodes"] == json.loads(ours["manifest.json"])["nodes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{{ nothing }}\n", "types.py.jinja:2: 'nothing' is undefined"),
        ("{{ module.nothing.at_all }}\n", "types.py.jinja:1: .*TypeModule.* has no attribute 'nothing'"),
        ("\n\n{% if %}\n", "types.py.jinja:3: Expected an expression, got 'end of statement block'"),
        ("\n{% for x in module.users %}\n", "types.py.jinja:2: .*Unexpected end of template.*"),
        ("{{ 1 | nothing }}\n", "types.py.jinja:1: No filter named 'nothing'."),
        ("\n{{ 1 // 0 }}\n", "types.py.jinja:2: ZeroDivisionError: .*"),
        ("{% include 'gone.jinja' %}\n", "types.py.jinja:1: there is no template 'gone.jinja'"),
        ("{% include '_part.jinja' %}\n", "_part.jinja:2: 'deep' is undefined"),
        ("\n{{ module.docstring | docstring }}\n", "types.py.jinja:2: TypeError: .*indent.*"),
    ],
)
def test_an_error_says_where(tmp_path: Path, sample: list[Node], text: str, said: str) -> None:
    (tmp_path / "types.py.jinja").write_text(text)
    (tmp_path / "_part.jinja").write_text("\n{{ deep }}\n")
    with pytest.raises(ConfigurationError, match=f"^{tmp_path}/{said}$"):
        generate(sample, EmitOptions(templates=tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\ndef (\n", r"prints no Python: types\.py, line 2: invalid syntax"),
        ("x = '\\d'\n", r"prints no Python: types\.py.*invalid escape sequence"),
        ("def f(): ...\ndef f(): ...\n", r"prints 'f' twice into types\.py"),
        ("a: int = 1\nclass a: ...\n", r"prints 'a' twice into types\.py"),
        ("\0", r"prints no Python: types\.py"),
    ],
)
def test_what_is_no_python_names_its_template(tmp_path: Path, sample: list[Node], text: str, said: str) -> None:
    (tmp_path / "types.py.jinja").write_text(text)
    with pytest.raises(GenerationError, match=rf"^{tmp_path}/types\.py\.jinja: {said}.*; nothing was written$"):
        generate(sample, EmitOptions(templates=tmp_path))


def test_a_misspelt_name_is_no_template(tmp_path: Path, sample: list[Node]) -> None:
    (tmp_path / "modul.py.jinja").write_text("")
    with pytest.raises(ConfigurationError, match=r"modul\.py\.jinja: .* did you mean module\.py\.jinja\?"):
        generate(sample, EmitOptions(templates=tmp_path))
    (tmp_path / "modul.py.jinja").unlink()
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "_mine.jinja").write_text("")
    generate(sample, EmitOptions(templates=tmp_path))
    (tmp_path / "reference" / "ap.md.jinja").write_text("")
    with pytest.raises(ConfigurationError, match=r"reference/ap\.md\.jinja: .* did you mean app\.md\.jinja\?"):
        generate(sample, EmitOptions(templates=tmp_path))
    with pytest.raises(ConfigurationError, match="no such folder of templates"):
        generate(sample, EmitOptions(templates=tmp_path / "nowhere"))


def documented() -> dict[str, dict[str, str]]:
    """The fields of each class that the page promises, and how it says their types."""
    found: dict[str, dict[str, str]] = {}
    for line in DOCUMENTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            found[line.removeprefix("### ")] = {}
        elif found and line.startswith("| `"):
            field, type_ = (cell.strip() for cell in line.split("|")[1:3])
            list(found.values())[-1][field.strip("`")] = type_.replace("`", "")
    return found


def spoken(type_: Any) -> str:
    """A type as the page says it."""
    origin, arguments = get_origin(type_), get_args(type_)
    if type_ is Any:
        return "anything"
    if origin in (Sequence, tuple, list):
        return f"list of {spoken(arguments[0])}"
    if origin is frozenset:
        return f"set of {spoken(arguments[0])}"
    if origin in (Mapping, dict):
        return f"mapping of {spoken(arguments[0])} to {spoken(arguments[1])}"
    if origin in (types.UnionType, Union):
        return f"{spoken(arguments[0])} or none"
    return str(type_.__name__)


def test_what_templates_get_is_what_the_page_promises() -> None:
    pages = documented()
    places = (plan, modules, stubs, records)
    for name, fields in pages.items():
        class_ = next(getattr(place, name) for place in places if hasattr(place, name))
        names = {**vars(records), **vars(modules), **vars(stubs), **vars(plan)}
        own = get_type_hints(class_, names)
        own |= {
            key: get_type_hints(value.fget, names)["return"]
            for key, value in vars(class_).items()
            if isinstance(value, property)
        }
        assert {key: spoken(type_) for key, type_ in own.items()} == fields, name
    contexts = {type_ for _, type_ in templates.CONTEXTS.values()}
    assert contexts <= pages.keys()
    table = DOCUMENTED.read_text(encoding="utf-8")
    for name, (variable, type_) in templates.CONTEXTS.items():
        assert re.search(rf"\| `{re.escape(name)}` \| .* \| `{variable}`, a `{type_}` \|", table), name


def written(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(cli("templates", *arguments), cwd=folder)


def test_ours_to_start_from(tmp_path: Path, sample: list[Node]) -> None:
    done = written(tmp_path, "mine")
    assert (done.returncode, done.stderr) == (0, "")
    said = "templates; keep what you change, and pull with --templates mine"
    assert done.stdout == f"mine: {len(templates.shipped())} {said}\n"
    names = {path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*.jinja")}
    assert names == set(templates.shipped())
    assert templates.CONTEXTS.keys() < names
    assert templates.printers(tmp_path / "mine") == {}
    assert generate(sample, EmitOptions(templates=tmp_path / "mine")) == generate(sample)
    (tmp_path / "mine" / "types.py.jinja").write_text("# changed\n")
    assert list(templates.printers(tmp_path / "mine")) == ["types.py.jinja"]
    again = written(tmp_path, "mine")
    assert again.returncode == 2
    assert again.stderr == "error: mine/types.py.jinja: is there and says something else; nothing was written\n"
    assert written(tmp_path, "mine", "module.py.jinja").stdout.startswith("mine: 1 template; ")
    wrong = written(tmp_path, "other", "modul.py.jinja")
    assert wrong.stderr == "error: 'modul.py.jinja': is no template of ours; did you mean module.py.jinja?\n"
    assert not (tmp_path / "other").exists()


def test_templates_that_changed_nothing_are_not_recorded(tmp_path: Path, sample: list[Node]) -> None:
    """Written out and left as they are, or changed and printed nothing: whoever has only the package needs none."""
    written(tmp_path, "mine")
    (tmp_path / "mine" / "lazy.py.jinja").write_text("# of no use: no module is split\n")
    (tmp_path / "mynodes").mkdir()
    files = generate(sample)
    (tmp_path / "mynodes" / "manifest.json").write_text(files["manifest.json"])
    pull = cli("pull", "--frozen", "--out", "mynodes")
    assert run([*pull, "--templates", "mine"], cwd=tmp_path).returncode == 0
    assert (tmp_path / "mynodes" / "manifest.json").read_text() == files["manifest.json"]
    done = run(pull, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing changed" in done.stdout


def test_a_frozen_pull_needs_its_templates(tmp_path: Path, sample: list[Node]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "lazy.py.jinja").write_text("# mine\n")
    (tmp_path / "mine" / "module.py.jinja").write_text("# mine\n")
    (tmp_path / "mynodes").mkdir()
    (tmp_path / "mynodes" / "manifest.json").write_text(generate(sample)["manifest.json"])
    pull = cli("pull", "--frozen", "--out", "mynodes")
    done = run([*pull, "--templates", "mine"], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mynodes" / "app.py").read_text() == "# mine\n"
    assert run(pull, cwd=tmp_path).returncode == 2
    again = run([*pull, "--templates", "mine"], cwd=tmp_path)
    assert "nothing changed" in again.stdout
    (tmp_path / "mine" / "module.py.jinja").write_text("# mine\n{{ nothing }}\n")
    broken = run([*pull, "--templates", "mine"], cwd=tmp_path)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr == f"error: {tmp_path}/mine/module.py.jinja:2: 'nothing' is undefined\n"
    assert (tmp_path / "mynodes" / "app.py").read_text() == "# mine\n"
