"""What must hold of every package, whatever it was made of. Each check raises AssertionError.

The strongest is `only_ours`: of all that a file of stubs may be made of, statement by statement and call by call,
nothing else is there, so that nothing a stranger wrote can run when it is imported.
"""

from __future__ import annotations

import ast
import json
import keyword
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeVar

from rekuest_codegen.emit import EmitOptions, generate, read_manifest
from rekuest_codegen.emit.manifest import read_records
from rekuest_codegen.emit.ports import is_optional
from rekuest_codegen.emit.text import is_seen
from rekuest_codegen.errors import DefinitionError, RekuestError
from rekuest_codegen.ir import Node
from rekuest_codegen.ir.naming import DEVICES, FOUND
from rekuest_codegen.ir.records import NodeRecord, PortRecord, records

T = TypeVar("T")

LOOKS = {
    "layout": ("apps", "flat"),
    "async_naming": ("prefix", "suffix"),
    "enums": ("auto", "literal", "class"),
    "docstrings": ("google", "numpy", "rest"),
    "module_size": (200, 2),
}
CALLS = {"_rt.remote", "_rt.call", "_rt.acall", "_rt.stream", "_rt.astream", "_rt.Field"}
MODULES = {"_abc": "collections.abc", "_dt": "datetime", "_t": "typing"}
STATEMENTS = (
    ast.ImportFrom,
    ast.Import,
    ast.AnnAssign,
    ast.Assign,
    ast.ClassDef,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)
PRINTED = ("__init__.py", "__init__.pyi")
"""What our templates print as it stands: of these only the assignments and imports are looked at."""


def check(nodes: Sequence[Node], options: EmitOptions) -> dict[str, str]:
    """Generate, and check all there is to check; the files."""
    files = generate(nodes, options)
    inside(files)
    trees = {path: parsed(path, text) for path, text in files.items() if path.endswith((".py", ".pyi"))}
    for path, text in files.items():
        plain_to_see(path, text)
    stubs = {path: tree for path, tree in trees.items() if not path.endswith(PRINTED)}
    for path, tree in stubs.items():
        only_ours(path, tree)
    nothing_lost(nodes, stubs)
    assert generate([*reversed(nodes), *nodes], options) == files, "the order of listing has a say"
    kept, _ = read_records(files["manifest.json"])
    assert generate(kept, options) == files, "a manifest does not give the same again"
    again = records(read_manifest(files["manifest.json"])[0])
    assert list(map(contents, kept)) == list(map(contents, again)), "two ways to read a manifest differ"
    return files


def check_manifest(text: str) -> None:
    """Reading ``text`` either way gives the same nodes, from which can be generated, or is refused in clear lines."""
    found, again = _outcome(read_records, text), _outcome(read_manifest, text)
    if isinstance(found, RekuestError) or isinstance(again, RekuestError):
        assert isinstance(found, RekuestError), found
        assert type(found) is type(again), again
        said = [one.message for one in found.findings] if isinstance(found, DefinitionError) else [str(found)]
        assert all(0 < len(line) < 2000 for line in said), said
    else:
        assert list(map(contents, records(again[0]))) == list(map(contents, found[0]))
        assert again[1] == found[1]
        assert generate(found[0]) == generate(again[0])


def contents(node: NodeRecord) -> dict[str, Any]:
    """All that a template can get of ``node``."""
    return {name: getattr(node, name) for name in dir(NodeRecord) if not name.startswith("_") and name != "outline"}


def _outcome(read: Callable[[str], T], text: str) -> T | RekuestError:
    try:
        return read(text)
    except RekuestError as error:
        return error


def inside(files: Mapping[str, str]) -> None:
    """Every path lies in the package, on every file system there is, and no two fall together."""
    for path in files:
        parts = PurePosixPath(path).parts
        assert path.isascii(), path
        assert path == path.lower() or path.startswith(("types/", "nodes/")), path
        assert 1 <= len(parts) <= 2, path
        for part in parts:
            stem = part.split(".")[0]
            assert part == "manifest.json" or part == "py.typed" or stem.isidentifier(), path
            assert stem not in DEVICES | FOUND, path
            assert not stem.startswith("test"), path
            assert not stem.endswith(("_test", "_tests")), path
            assert not keyword.iskeyword(stem), path
    folded = Counter(path.casefold() for path in files)
    assert max(folded.values()) == 1, folded
    assert not {path.removesuffix(".py") for path in files} & {path.split("/")[0] for path in files if "/" in path}


def parsed(path: str, text: str) -> ast.Module:
    """The tree of ``text``, which Python accepts without a word, and in which no name is defined twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ast.parse(text, path)
        compile(text, path, "exec", dont_inherit=True)
    twice = [name for name, count in Counter(_defined(tree)).items() if count > 1]
    assert not twice, (path, twice)
    return tree


def plain_to_see(path: str, text: str) -> None:
    """No control, no invisible character, nothing that turns the direction of reading; and no example to be run."""
    odd = {char for char in set(text) if char != "\n" and not is_seen(char)}
    assert not odd, (path, odd)
    assert not any(line.lstrip().startswith(">>>") for line in text.splitlines()), path
    assert text == "" or text.endswith("\n"), path


def only_ours(path: str, tree: ast.Module) -> None:
    """Nothing in ``tree`` but what a module of stubs or classes is made of."""
    head, *body = tree.body
    assert isinstance(head, ast.Expr), path
    assert isinstance(head.value, ast.Constant), path
    for statement in body:
        assert isinstance(statement, STATEMENTS), (path, ast.dump(statement)[:200])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) in CALLS, (path, ast.unparse(node)[:200])
        elif isinstance(node, ast.Attribute):
            assert isinstance(node.value, ast.Name), (path, ast.unparse(node)[:200])
        elif isinstance(node, ast.Import):
            assert all(MODULES.get(alias.asname or "") == alias.name for alias in node.names), path
        elif isinstance(node, ast.ImportFrom):
            own = node.level > 0 and (node.module or "").startswith(("types", "_part"))
            assert own or (node.module, node.names[0].name) == ("rekuest_codegen", "runtime"), (path, ast.dump(node))
        else:
            forbidden = (
                ast.Lambda,
                ast.NamedExpr,
                ast.JoinedStr,
                ast.Starred,
                ast.Global,
                ast.Delete,
                ast.comprehension,
            )
            assert not isinstance(node, forbidden), (path, ast.dump(node)[:200])


def nothing_lost(nodes: Sequence[Node], trees: Mapping[str, ast.Module]) -> None:
    """Every node has a stub that says what it is, and every argument a parameter."""
    wanted: Counter[str] = Counter()
    for node in {record.text: record for record in records(nodes)}.values():
        wanted[
            _identity(
                node.app, node.key, node.version, node.hash, list(map(_port, node.args)), list(map(_port, node.returns))
            )
        ] += 1
    found: Counter[str] = Counter()
    for tree in trees.values():
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        callers = {_constant(function): function for function in functions.values()}
        for statement in tree.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call):
                said = {word.arg: word.value for word in statement.value.keywords}
                text = {name: ast.literal_eval(said[name]) for name in ("app", "key", "version", "hash", "ports")}
                ports = json.loads(text.pop("ports"))
                assert isinstance(statement.target, ast.Name)
                function = callers[statement.target.id]
                parameters = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
                names = ports.get("names", {})
                assert [names.get(name, name) for name in parameters] == [port["key"] for port in ports["args"]]
                found[_identity(*text.values(), ports["args"], ports["returns"])] += 1
    # A node without a hash gets one.
    bare = Counter(_without_hash(identity) for identity in wanted.elements())
    assert Counter(_without_hash(identity) for identity in found.elements()) == bare
    assert not {identity for identity in wanted if json.loads(identity)[3]} - set(found)


def _identity(*parts: Any) -> str:
    return json.dumps(parts, sort_keys=True)


def _without_hash(identity: str) -> str:
    parts = json.loads(identity)
    return json.dumps([*parts[:3], *parts[4:]], sort_keys=True)


def _port(port: PortRecord) -> dict[str, Any]:
    """What a stub is to carry of a port, told another way than the generator does."""
    said = {
        "key": port.key,
        "kind": str(port.kind),
        "identifier": port.identifier,
        "nullable": is_optional(port) or None,
        "default": port.default,
        "children": [_port(child) for child in port.children] or None,
        "choices": [{"label": choice.label, "value": choice.value} for choice in port.choices] or None,
        "reference_unit": port.reference_unit,
    }
    return {name: value for name, value in said.items() if value is not None}


def _constant(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What the one call in ``function`` calls."""
    (call,) = [node for node in ast.walk(function.body[-1]) if isinstance(node, ast.Call)]
    assert isinstance(call.args[0], ast.Name)
    return call.args[0].id


def _defined(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in statement.names)
