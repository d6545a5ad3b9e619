"""Templates of the user's: one by one, with a context that stays, and errors that say where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.emit import EmitOptions, generate, plan, templates
from rekuest_codegen.emit.compiling import PRINTERS, compiled
from rekuest_codegen.emit.printers import PRINTERS as COMPILED
from rekuest_codegen.errors import ConfigurationError, GenerationError
from rekuest_codegen.ir import Node
from tests.emit.hostile import OPTIONS, nodes


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
    with pytest.raises(ConfigurationError, match="no such folder of templates"):
        generate(sample, EmitOptions(templates=tmp_path / "nowhere"))
