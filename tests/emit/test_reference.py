"""Pages of nodes: the golden case, and what holds for any nodes.

``REKUEST_ACCEPT=1`` writes what is given now; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from rekuest_codegen.emit import EmitOptions, generate, write_package
from rekuest_codegen.emit.manifest import is_reference
from rekuest_codegen.emit.reference import reference
from rekuest_codegen.errors import ConfigurationError, GenerationError
from rekuest_codegen.ir import Node, read_node
from tests.emit.tools import mypy_complaints, place

CASES = Path(__file__).parents[1] / "cases"
OPTIONS = [
    EmitOptions(),
    EmitOptions(layout="flat", async_naming="suffix", module_size=2),
    EmitOptions(module_size=1, enums="literal", docstrings="numpy"),
]


def lab() -> list[Node]:
    nodes = json.loads((CASES / "reference" / "lab" / "nodes.json").read_text(encoding="utf-8"))
    return [read_node(raw) for raw in nodes]


def kinds() -> list[Node]:
    return [read_node(raw) for raw in json.loads((CASES / "emit" / "kinds" / "nodes.json").read_text())]


def test_case() -> None:
    pages = reference(generate(lab(), EmitOptions(provenance={"server": "https://lab"})), package="mynodes")
    expected = CASES / "reference" / "lab" / "expected"
    if os.environ.get("REKUEST_ACCEPT"):
        shutil.rmtree(expected, ignore_errors=True)
        place(expected.parent, "expected", pages)
    found = [path.relative_to(expected).as_posix() for path in expected.rglob("*") if path.is_file()]
    assert sorted(pages) == sorted(found)
    for path, text in pages.items():
        assert text == (expected / path).read_bytes().decode(), path


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("html", [False, True])
def test_what_is_documented_is_what_is_generated(options: EmitOptions, html: bool) -> None:
    nodes = [*lab(), *kinds()]
    files = generate(nodes, options)
    text = "\n".join(reference(files, package="mynodes", html=html).values())
    if html:
        text = re.sub(r"</?span[^>]*>", "", text).replace("&quot;", '"').replace("&#39;", "'").replace("&gt;", ">")
    pattern = re.compile(r"^(?:async )?def [a-z][^`]*?(?=:\n    \"\"\")", re.MULTILINE)
    heads = [head for path, file in files.items() if path != "__init__.py" for head in pattern.findall(file)]
    assert len(heads) == 2 * len(nodes)
    for head in heads:
        assert re.sub(r"\b_(?:rt|t|dt|abc)\.", "", head) in text
    assert not re.search(r"\b_(?:rt|t|dt|abc)\.|TypeAlias", text)


def test_examples_type_check(tmp_path: Path) -> None:
    """Every example, as it stands, is a call that a strict type checker takes."""
    for number, options in enumerate(OPTIONS):
        name = f"nodes{number}"
        files = generate([*lab(), *kinds()], options)
        place(tmp_path, name, files)
        pages = reference(files, package=name)
        examples = re.findall(r"```python\n((?:import|from) .*?)```", "\n".join(pages.values()), re.DOTALL)
        assert len(examples) == 2 * 9
        for index, example in enumerate(examples):
            (tmp_path / f"use{number}_{index}.py").write_text(as_module(example, name))
    assert mypy_complaints(tmp_path) == []


def as_module(example: str, package: str) -> str:
    """``example`` in a function that is handed what its comments say comes from elsewhere."""
    lines = example.rstrip().split("\n")
    variables = re.findall(r"^# (\w+): an? (\w+) from elsewhere$", example, re.MULTILINE)
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    body = lines[len(imports) :]
    for _, type_ in variables:
        place_of = "rekuest_codegen.runtime" if type_ == "Reference" else f"{package}.types"
        imports.append(f"from {place_of} import {type_} as {type_}")
    parameters = ", ".join(f"{name}: {type_}" for name, type_ in variables)
    if any(line.startswith("result =") for line in body):
        body.append("print(result)")
    indented = [f"    {line}" if line else "" for line in body]
    return "\n".join([*imports, f"async def example({parameters}) -> None:", *indented, ""])


def test_nothing_changes_when_nothing_changed() -> None:
    files = generate(lab())
    assert reference(files, package="mynodes") == reference(files, package="mynodes")
    assert reference(generate(lab()[::-1]), package="mynodes") == reference(files, package="mynodes")


def test_an_app_that_is_called_like_a_device_has_a_page(tmp_path: Path) -> None:
    nodes = [read_node({"app": app, "key": "f"}) for app in ("aux", "CON", "com1", "lab")]
    pages = reference(generate(nodes), package="mynodes")
    write_package(tmp_path / "docs", pages)
    assert len(list((tmp_path / "docs" / "apps").iterdir())) == 4


def test_a_reference_is_known_from_a_package() -> None:
    files = generate(lab())
    assert is_reference(reference(files, package="mynodes")["manifest.json"])
    assert not any(map(is_reference, [files["manifest.json"], "", "[]", "{}", "[" * 100_000]))


def test_much_of_everything_is_bounded() -> None:
    many = [{"value": f"choice {number}", "label": "x"} for number in range(10_000)]
    port = {"key": "x", "kind": "ENUM", "choices": many, "description": "é" * 1_000_000}
    node = read_node({"app": "a", "key": "k", "description": "word " * 250_000, "args": [port]})
    for html in (False, True):
        pages = reference(generate([node]), package="mynodes", html=html)
        text = "".join(pages.values())
        assert "and 9940 more" in text
        assert "more characters)" in text
        # The signature names every choice, in what is generated and so here, in each of its two forms.
        assert len(text) < 2_500_000


def test_a_page_has_the_reader_s_words() -> None:
    """No name that only the imports and aliases of a module explain, and no anchor that a link would have to encode."""
    values = [f"a choice among many {number}" for number in range(20)]
    choices = [{"value": value, "label": value} for value in values]
    port = {"key": "x", "kind": "ENUM", "identifier": "@literal/long", "choices": choices}
    node = {"key": "é", "app": "lab", "args": [port], "returns": [port]}
    shape = {"key": "x", "kind": "MODEL", "identifier": "@lab/Größe", "children": [port]}
    nodes = [read_node(node), read_node({"key": "ß", "app": "lab", "args": [shape]})]
    pages = reference(generate(nodes), package="mynodes")
    assert "Type1 = Literal[" in pages["apps/lab.md"]
    assert "def é(x: Type1) -> Type2" in pages["apps/lab.md"]
    assert '<a id="lab.-e9-"></a>' in pages["apps/lab.md"]
    assert "apps/lab.md#lab.-e9-)" in pages["index.md"]
    for text in (pages["apps/lab.md"], pages["index.md"]):
        assert not re.search(r"\b_\w+\.|\b_[a-z]{1,4}[0-9a-f]{8,}|#[^)\s]*%", text)


def test_templates_of_one_s_own_go_before_ours(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    template = tmp_path / "reference" / "index.md.jinja"
    template.write_text("All of {{ reference.package | text }}\n")
    files = generate(lab())
    pages = reference(files, package="my_nodes", templates=tmp_path)
    assert pages["index.md"] == "All of my&#95;nodes\n"
    assert "apps/lab.md" in pages
    template.write_text("one\n{{ nothing }}\n")
    with pytest.raises(ConfigurationError, match=r"reference/index\.md\.jinja, line 2: .*nothing"):
        reference(files, package="mynodes", templates=tmp_path)
    template.write_text("one\n\n{% for %}\n")
    with pytest.raises(ConfigurationError, match=r"reference/index\.md\.jinja, line 3"):
        reference(files, package="mynodes", templates=tmp_path)


def test_a_package_that_is_not_what_we_generate() -> None:
    files = generate(lab())
    files["lab.py"] = files["lab.py"].replace("_rt.remote(", "_rt.something_else(")
    with pytest.raises(GenerationError, match="lab/record"):
        reference(files, package="mynodes")
