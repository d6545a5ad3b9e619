"""What a generated package does when it is imported and called, and what generating and importing it costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.emit import EmitOptions, generate, read_manifest
from rekuest_codegen.errors import ArgumentError, ConfigurationError, DefinitionError
from rekuest_codegen.ir import Node, read_node
from tests.emit.tools import place

HEAVY = {"click", "jinja2", "libcst", "graphql", "ariadne", "starlette", "uvicorn", "httpx"}
MEASURE = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import rekuest_codegen.runtime
def took(what):
    start = time.process_time()
    what()
    return time.process_time() - start
root = took(lambda: __import__("big"))
loaded = [name for name in sys.modules if name.startswith("big.")]
import big
first = took(lambda: big.app0.node_5)
parts = [name for name in sys.modules if name.startswith("big.app0._part")]
print(json.dumps({"root": root, "loaded": loaded, "first": first, "parts": len(parts), "all": sorted(sys.modules)}))
"""


def many(count: int, apps: int) -> list[Node]:
    port = {"key": "x", "kind": "FLOAT", "default": 0.5, "nullable": True, "description": "How much of it."}
    raw: dict[str, Any] = {
        "description": "Does it.\n\nAnd more.",
        "args": [port, {**port, "key": "y"}],
        "returns": [port],
    }
    node = read_node({"key": "node", **raw})
    return [node.model_copy(update={"key": f"node_{n}", "app": f"app{n % apps}"}) for n in range(count)]


def loaded(tmp_path: Path, nodes: list[Node], module: str) -> Any:
    place(tmp_path, "nodes_under_test", generate(nodes))
    sys.path.insert(0, str(tmp_path))
    try:
        return __import__(f"nodes_under_test.{module}", fromlist=["*"])
    finally:
        sys.path.remove(str(tmp_path))
        for name in [name for name in sys.modules if name.startswith("nodes_under_test")]:
            del sys.modules[name]


def test_parameters_are_the_ports(tmp_path: Path) -> None:
    ports = [
        {"key": "image", "kind": "STRUCTURE", "identifier": "@lab/image"},
        {"key": "level", "kind": "FLOAT", "default": 0.5, "nullable": True},
        {"key": "class", "kind": "STRING"},
        {"key": "copy", "kind": "BOOL", "default": True, "nullable": True},
    ]
    module = loaded(tmp_path, [read_node({"app": "lab", "key": "f", "args": ports})], "lab")
    signature = inspect.signature(module.f)
    assert list(signature.parameters) == ["image", "level", "class_", "copy"]
    assert signature.parameters["level"].default == 0.5
    assert signature.parameters["class_"].kind is inspect.Parameter.KEYWORD_ONLY
    assert inspect.iscoroutinefunction(module.af)
    assert inspect.signature(module.af) == signature
    values = {"image": module.Image("1"), "level": 1.0, "class_": "a", "copy": False}
    assert set(module._F.check(values)) == {"image", "level", "class", "copy"}
    with pytest.raises(ArgumentError, match=r"\$\.copy"):
        module._F.check({**values, "copy": 3})


def test_models_take_and_give_their_wire_keys(tmp_path: Path) -> None:
    fields = [{"key": "class", "kind": "STRING"}, {"key": "json", "kind": "INT", "default": 3}]
    port = {"key": "p", "kind": "MODEL", "identifier": "@lab/point", "children": fields}
    module = loaded(tmp_path, [read_node({"app": "lab", "key": "f", "args": [port], "returns": [port]})], "lab")
    point = module.Point(**{"class": "a"})
    assert (point.class_, point.json_) == ("a", 3)
    assert module.Point(class_="a") == point


@pytest.mark.parametrize("key", ["model_dump", "model_dumped", "model_validated", "model_fields", "model_path"])
def test_a_name_that_pydantic_would_warn_of(tmp_path: Path, key: str) -> None:
    fields = [{"key": key, "kind": "INT"}]
    model = {"key": key, "kind": "MODEL", "identifier": "@lab/m", "children": fields}
    module = loaded(tmp_path, [read_node({"app": "lab", "key": "f", "args": [model]})], "lab")
    (parameter,) = inspect.signature(module.f).parameters
    assert module._F.check({parameter: module.M(**{key: 1})}) == {key: module.M(**{key: 1})}


def test_two_shapes_of_one_identifier(tmp_path: Path) -> None:
    def port(*keys: str) -> dict[str, Any]:
        children = [{"key": key, "kind": "INT"} for key in keys]
        return {"key": "p", "kind": "MODEL", "identifier": "@lab/point", "children": children}

    nodes = [
        read_node({"app": "lab", "key": "old", "args": [port("x")]}),
        read_node({"app": "lab", "key": "new", "args": [port("x", "y")]}),
        read_node({"app": "lab", "key": "both", "args": [port("x")], "returns": [port("x", "y")]}),
    ]
    module = loaded(tmp_path, nodes, "lab")
    kinds = [inspect.signature(function).parameters["p"].annotation for function in (module.old, module.new)]
    assert kinds[0] is not kinds[1]
    assert {"x", "y"} in [set(kind.model_fields) for kind in kinds]
    # One node cannot say which of two it means: there the values stay plain.
    assert inspect.signature(module.both).parameters["p"].annotation == dict[str, Any]
    assert "@lab/point" not in module._BOTH.types


def test_no_node_is_lost() -> None:
    nodes = [
        read_node({"app": "lab", "key": "add", "version": version, "hash": hash_})
        for version, hash_ in (("1", "a"), ("10", "b"), ("9", "c"), ("10", "d"))
    ]
    text = generate([*nodes, nodes[0]])["lab.py"]
    assert text.count("_rt.remote(") == 4
    assert 'key="add",\n    version="10",\n    hash="d",' in text.split("_ADD: ")[1]
    assert "def add_v1()" in text
    assert "def add_v9()" in text


@pytest.mark.parametrize("spec", ["nothing", "a:b:c", "a.b:", ":A", "os; import sys:A", "a.class:B", "a:B\n"])
def test_a_structure_that_is_no_class(sample: list[Node], spec: str) -> None:
    with pytest.raises(ConfigurationError, match="@lab/image"):
        generate(sample, EmitOptions(structures={"@lab/image": spec}))


def test_a_manifest_says_where_it_comes_from(sample: list[Node]) -> None:
    files = generate(sample, EmitOptions(provenance={"url": "http://lab:8000", "filters": {"app": ["lab"]}}))
    nodes, provenance = read_manifest(files["manifest.json"])
    assert provenance == {"url": "http://lab:8000", "filters": {"app": ["lab"]}}
    assert sorted(node.key for node in nodes) == ["record", "split", "threshold"]
    assert set(json.loads(files["manifest.json"])["files"]) == set(files) - {"manifest.json"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "nodes": [3], "provenance": {}}']
)
def test_no_manifest(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no JSON|not a manifest of format 1|no nodes and provenance"):
        read_manifest(text)


@pytest.mark.parametrize(
    "port",
    [
        {"kind": "FLOAT", "default": float("nan")},
        {"kind": "ENUM", "choices": [{"value": float("inf"), "label": ""}]},
        {"kind": "LIST", "children": [{"key": "...", "kind": "FLOAT", "default": float("-inf")}]},
    ],
)
def test_what_json_cannot_hold_is_a_finding(port: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="lab/f"):
        generate([read_node({"app": "lab", "key": "f", "args": [{"key": "x", **port}]})])


def test_an_empty_package() -> None:
    files = generate([])
    assert sorted(files) == ["__init__.py", "manifest.json", "py.typed"]


def test_binding_a_package_imports_none_of_it(tmp_path: Path) -> None:
    place(tmp_path, "big", generate(many(20, 2)))
    look = "import sys; sys.path.insert(0, sys.argv[1]); import big; print(big.using.__module__, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", look, str(tmp_path)], capture_output=True, text=True, timeout=60)
    module, *loaded = done.stdout.split()
    assert module == "big", done.stderr
    assert not {name.split(".")[0] for name in loaded} & {"pydantic", "rekuest_codegen"}
    assert not [name for name in loaded if name.startswith("big.")]


def test_an_app_that_is_called_as_a_function_of_the_package(tmp_path: Path) -> None:
    files = generate([read_node({"app": app, "key": "f"}) for app in ("using", "types", "Using")])
    modules = [path.removesuffix(".py") for path in files if path.endswith(".py") and path != "__init__.py"]
    assert len(modules) == 3
    assert not {"using", "types"} & {module.lower() for module in modules}
    found: dict[str, Any] = {"__name__": "nodes"}
    exec(files["__init__.py"], found)
    assert sorted([*modules, "using"]) == found["__all__"]
    assert callable(found["using"])


def test_five_thousand_nodes(tmp_path: Path) -> None:
    nodes = many(5000, 5)
    start = time.process_time()
    files = generate(nodes)
    assert time.process_time() - start < 15, "5,000 nodes took seconds more than they should"
    place(tmp_path, "big", files)
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    environment = {"PYTHONDONTWRITEBYTECODE": ""}
    for _ in range(2):  # once to compile, once to measure
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    measured = json.loads(done.stdout)
    assert measured["loaded"] == []
    assert measured["parts"] == 1
    assert measured["root"] < 0.01
    assert measured["first"] < 0.25
    assert not HEAVY & {name.split(".")[0] for name in measured["all"]}
