"""Whatever is generated from: what `fuzz.checks` promises holds, and nothing grows without bound.

Each example is a seed of `fuzz.definitions`: drawn in a moment, and there are thousands.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.checks import check
from fuzz.definitions import KEYS, seeded
from rekuest_codegen.emit import EmitOptions, generate
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.ir.naming import FUNCTION, assign, with_async
from tests.emit.hostile import OPTIONS
from tests.emit.tools import place, ruff_complaints

IMPORT_ALL = """
import importlib, pathlib, sys, warnings
from rekuest_codegen import runtime
from pydantic import BaseModel, create_model
create_model("Warm", x=(int, 3))
warnings.simplefilter("error")
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
files = sorted(root.rglob("*.py"))
WRONG = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.", "urllib.", "pty.", "webbrowser.", "builtins.input")
FINE = ("os.listdir", "os.scandir")
def watch(event, arguments):
    if event.startswith(WRONG) and event not in FINE or event == "open" and set(str(arguments[1])) & set("wax+"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(watch)
for file in files:
    module = importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__:
            value.model_rebuild(force=True)
        if isinstance(value, runtime.Remote):
            value.contract
print(len(files))
"""


@pytest.mark.parametrize("turn", range(4))
def test_what_holds_of_every_package(turn: int) -> None:
    @settings(max_examples=150)
    @given(st.integers(0, 2**64).map(lambda seed: 4 * seed + turn), OPTIONS)
    @example(75, EmitOptions(layout="flat", enums="literal"))
    def holds(seed: int, options: EmitOptions) -> None:
        check([read_node(raw) for raw in seeded(seed)], options)

    holds()


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packages")
    looks: list[EmitOptions] = []

    @settings(max_examples=150)
    @given(OPTIONS)
    def collect(options: EmitOptions) -> None:
        looks.append(options)

    collect()
    for seed, options in enumerate(looks):
        place(root, f"p{seed:03d}", generate([read_node(raw) for raw in seeded(10_000 + seed)], options))
    return root


def test_ruff_has_nothing_to_say(packages: Path) -> None:
    assert ruff_complaints(packages) == ""


def test_importing_them_does_nothing_else(packages: Path) -> None:
    command = [sys.executable, "-B", "-c", IMPORT_ALL, str(packages)]  # compiled files would be written, too
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 300


def nested(kind: str, depth: int) -> dict[str, Any]:
    port: dict[str, Any] = {"key": "innermost", "kind": "INT"}
    for level in range(depth):
        more = {"identifier": f"@model/{level}"} if kind == "MODEL" else {}
        port = {"key": "0" if kind == "UNION" else "...", "kind": kind, "children": [port], **more}
    return {**port, "key": "x"}


def enum(values: list[Any]) -> dict[str, Any]:
    choices = [{"value": value, "label": "x"} for value in values]
    return {"key": "x", "kind": "ENUM", "identifier": "@lab/mode", "choices": choices}


LARGE: dict[str, list[dict[str, Any]]] = {
    "ten thousand choices": [
        {"key": "f", "args": [{**enum([f"v{place}" for place in range(10_000)]), "default": "v9"}]}
    ],
    "ten thousand numbers": [{"key": "f", "args": [enum(list(range(10_000)))]}],
    "three thousand lists": [{"key": "f", "args": [enum([[place] for place in range(3000)])]}],
    "choices that fall together": [{"key": "f", "args": [enum(["a" + "-" * place for place in range(1000)])]}],
    "a megabyte of words": [{"key": "f", "description": "word " * 200_000}],
    "a megabyte of one word": [{"key": "f", "args": [{"key": "x", "kind": "INT", "description": "w" * 1_000_000}]}],
    "a megabyte of lines": [{"key": "f", "description": "\n a" * 300_000}],
    "a megabyte of default": [{"key": "f", "args": [{"key": "x", "kind": "STRING", "default": "'\"" * 500_000}]}],
    "two thousand arguments": [{"key": "f", "args": [{"key": f"x{place}", "kind": "INT"} for place in range(2000)]}],
    "arguments that fall together": [
        {"key": "f", "args": [{"key": "x" + "-" * place, "kind": "INT"} for place in range(1000)]}
    ],
    "nodes that fall together": [{"key": "x" + "-" * place} for place in range(1000)],
    "five hundred versions": [{"key": "x", "version": str(place)} for place in range(500)],
    "five hundred of one version": [{"key": "x", "hash": str(place)} for place in range(500)],
    "async forms of each other": [{"key": "a" * place + "dd"} for place in range(200)],
    "shapes of one identifier": [
        {"key": f"f{place}", "args": [{**nested("MODEL", 1), "children": [{"key": f"k{place}", "kind": "INT"}]}]}
        for place in range(300)
    ],
    "a wide union": [
        {
            "key": "f",
            "args": [
                {
                    "key": "x",
                    "kind": "UNION",
                    "children": [
                        {
                            "key": str(n),
                            "kind": "LIST",
                            "children": [{"key": "...", "kind": "STRUCTURE", "identifier": f"@a/{n}"}],
                        }
                        for n in range(1000)
                    ],
                }
            ],
        }
    ],
    **{f"deep {kind}": [{"key": "f", "args": [nested(kind, 31)]}] for kind in ("LIST", "DICT", "UNION", "MODEL")},
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_large_stays_in_bounds(name: str) -> None:
    started = time.process_time()
    nodes = [read_node({"app": "lab", **raw}) for raw in LARGE[name]]
    files = check(nodes, EmitOptions())
    assert time.process_time() - started < 20
    said = sum(len(node.model_dump_json()) for node in nodes)
    written = sum(len(text) for path, text in files.items() if path != "manifest.json")
    assert written < 12 * said + 10_000
    if name.startswith("a megabyte of") and "default" not in name:
        assert written < 50_000, "a text of which nobody reads a thousandth"


@given(st.lists(st.sampled_from(KEYS) | st.text(max_size=6), min_size=1, max_size=30, unique=True), st.randoms())
def test_names_hang_on_what_there_is_and_not_on_its_order(keys: list[str], random: Any) -> None:
    def named(some: list[str]) -> dict[str, str]:
        return assign({key: [key] for key in some}, style=FUNCTION, family=with_async)

    names = named(keys)
    shuffled = list(keys)
    random.shuffle(shuffled)
    assert named(shuffled) == names
    assert list(named(shuffled)) == shuffled


def test_names_stay_when_only_descriptions_change() -> None:
    def names(description: str) -> set[str]:
        nodes: list[Node] = [
            read_node({"app": "lab", "key": key, "version": version, "description": description})
            for key in ("add one", "add-one", "add_one")
            for version in ("1", "2")
        ]
        return {line for line in generate(nodes)["lab.py"].splitlines() if line.startswith(("def ", "class "))}

    assert names("one") == names("another")
