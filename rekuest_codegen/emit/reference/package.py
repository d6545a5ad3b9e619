"""What a generated package says of its nodes: read from its text, as a reader would.

This is all that the pages know of how packages are generated. It holds as long as, in every module but ``types``:

* a node is ``NAME: ... = _rt.remote(app=..., key=..., version=..., hash=...)`` with literal values,
* its functions are those whose body mentions ``NAME``; the async form is an ``async def``, or gives an AsyncGenerator,
* an alias is ``name: _t.TypeAlias = ...``, and each module is ``x.py``, or ``x/__init__.py`` with ``x/_part*.py``,

in ``types`` every class stands as itself, or is imported from where the user has it, and the manifest has ``nodes`` as
`read_node` takes them, and ``provenance``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rekuest_codegen.emit.manifest import MANIFEST
from rekuest_codegen.emit.reference.text import spelled
from rekuest_codegen.errors import GenerationError
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.ir.naming import is_letter

TYPES = "types"
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")


class Identity(NamedTuple):
    """What a node is called on the wire."""

    app: str
    key: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, or a field of a class; ``default`` is its source."""

    name: str
    type: ast.expr
    default: str | None


@dataclass(frozen=True, slots=True)
class Stub:
    """A node's two functions. ``aliases`` are the definitions that their heads mention, ``results`` the fields of
    what they give when that is several values."""

    module: str
    function: str
    awaited: str
    sync_head: str
    async_head: str
    aliases: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    gives: ast.expr
    results: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class that ports are bound to. ``sort`` is the runtime's class it comes from, or ``user`` for the user's own,
    and then ``text`` is how it is imported."""

    name: str
    sort: str
    text: str
    docstring: str
    fields: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """The nodes of the manifest and where they were found, all stubs by what they are stubs of (of equal definitions
    there are several), and all classes by name."""

    nodes: Sequence[Node]
    provenance: Mapping[str, Any]
    stubs: Mapping[Identity, Sequence[Stub]]
    classes: Mapping[str, Class]


def source(node: ast.AST) -> str:
    """The source of ``node``, as careful about what shows as the generator is with literals, and quoted as it does."""
    text = _STRING.sub(_requoted, ast.unparse(node))
    return "".join(char if char.isascii() or is_letter(char) else spelled(char) for char in text)


def _requoted(match: re.Match[str]) -> str:
    text = match[0]
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text and "\\" not in text else text


def read_package(files: Mapping[str, str]) -> Package:
    """Read the manifest and the modules among ``files``."""
    manifest = json.loads(files[MANIFEST])
    stubs: dict[Identity, list[Stub]] = {}
    classes: dict[str, Class] = {}
    for path in sorted(files):
        module = path.removesuffix(".py").split("/")[0]
        if not path.endswith(".py") or path == "__init__.py" or path.endswith("/__init__.py"):
            continue
        text = _Source(files[path])
        if module == TYPES:
            classes.update({found.name: found for found in text.classes()})
        else:
            for identity, stub in text.stubs(module):
                stubs.setdefault(identity, []).append(stub)
    nodes = [read_node(raw) for raw in manifest["nodes"]]
    return Package(nodes, manifest["provenance"], stubs, classes)


class _Source:
    def __init__(self, text: str) -> None:
        # What ends a line for Python, and nothing else: a form feed does not.
        self._lines = text.split("\n")
        self._tree = ast.parse(text)
        self._classes = {node.name: node for node in self._tree.body if isinstance(node, ast.ClassDef)}
        self._aliases: dict[str, ast.AnnAssign] = {
            node.target.id: node
            for node in self._tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and ast.unparse(node.annotation) == "_t.TypeAlias"
        }

    def stubs(self, module: str) -> Iterator[tuple[Identity, Stub]]:
        functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for name in {inner.id for inner in ast.walk(node.body[-1]) if isinstance(inner, ast.Name)}:
                    functions.setdefault(name, []).append(node)
        for node in self._tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
                call, name = node.value, ast.unparse(node.target)
                if ast.unparse(call.func) == "_rt.remote":
                    yield _identity(call), self._stub(module, functions.get(name, []))

    def classes(self) -> Iterator[Class]:
        for node in self._tree.body:
            if isinstance(node, ast.ClassDef):
                sort = ast.unparse(node.bases[0]).removeprefix("_rt.")
                said = ast.get_docstring(node) or ""
                yield Class(node.name, sort, self._body(node), said, self._fields(node))
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "rekuest_codegen":
                for alias in node.names:
                    yield Class(alias.asname or alias.name, "user", self._text(node), "", ())

    def _stub(self, module: str, functions: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Stub:
        awaited = [function for function in functions if _is_async(function)]
        plain = [function for function in functions if not _is_async(function)]
        if len(plain) != 1 or len(awaited) != 1:
            raise GenerationError(f"{module}: a node without its two functions; look at the templates of your own")
        sync = plain[0]
        gives = self._resolved(sync.returns or ast.Constant(None))
        if isinstance(gives, ast.Subscript) and ast.unparse(gives.value) in ("_abc.Generator", "_abc.Iterator"):
            gives = gives.slice.elts[0] if isinstance(gives.slice, ast.Tuple) else gives.slice
        result = self._classes.get(ast.unparse(gives))
        return Stub(
            module=module,
            function=sync.name,
            awaited=awaited[0].name,
            sync_head=self._head(sync),
            async_head=self._head(awaited[0]),
            aliases=tuple(
                self._text(self._aliases[name]) for name in self._mentioned([*_head(sync), *_head(awaited[0])])
            ),
            parameters=tuple(self._parameters(sync.args)),
            gives=self._resolved(gives),
            results=self._fields(result) if result is not None else (),
        )

    def _parameters(self, arguments: ast.arguments) -> Iterator[Parameter]:
        defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults)
        pairs = [*zip(arguments.args, defaults, strict=True)]
        pairs += [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
        for argument, default in pairs:
            text = None if default is None else source(default)
            yield Parameter(argument.arg, self._resolved(argument.annotation or ast.Constant(None)), text)

    def _fields(self, node: ast.ClassDef) -> tuple[Parameter, ...]:
        fields: list[Parameter] = []
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                fields.append(
                    Parameter(
                        ast.unparse(statement.target),
                        self._resolved(statement.annotation),
                        None if not _has_default(statement.value) else source(statement.value or ast.Constant(None)),
                    )
                )
            elif isinstance(statement, ast.Assign):
                value = source(statement.value)
                fields.append(Parameter(ast.unparse(statement.targets[0]), statement.value, value))
        return tuple(fields)

    def _mentioned(self, nodes: Sequence[ast.AST]) -> list[str]:
        """The aliases that ``nodes`` mention, in an order in which each finds those it is made of."""
        found: dict[str, None] = {}
        for node in nodes:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and inner.id in self._aliases and inner.id not in found:
                    value = self._aliases[inner.id].value
                    found |= dict.fromkeys([*self._mentioned([value] if value else []), inner.id])
        return list(found)

    def _resolved(self, type_: ast.expr) -> ast.expr:
        """``type_`` with its aliases replaced by what they stand for."""
        if not self._mentioned([type_]):
            return type_
        aliases = self._aliases

        class Resolve(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.expr:
                alias = aliases.get(node.id)
                # A copy each time: one definition may be mentioned in many places.
                value = None if alias is None or alias.value is None else ast.unparse(alias.value)
                return node if value is None else self.visit(ast.parse(value, mode="eval").body)

        resolved: ast.expr = Resolve().visit(ast.parse(ast.unparse(type_), mode="eval").body)
        return resolved

    def _head(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        return "\n".join(self._lines[function.lineno - 1 : function.body[0].lineno - 1]).rstrip().removesuffix(":")

    def _body(self, node: ast.ClassDef) -> str:
        """The class without its docstring, which is shown as text."""
        docstring, *others = node.body
        head = "\n".join(self._lines[node.lineno - 1 : docstring.lineno - 1])
        return "\n".join([head, *([self._text(other) for other in others] or ["    ..."])])

    def _text(self, node: ast.stmt) -> str:
        return "\n".join(self._lines[node.lineno - 1 : node.end_lineno])


def _identity(call: ast.Call) -> Identity:
    said = {keyword.arg: keyword.value for keyword in call.keywords}
    return Identity(*(str(ast.literal_eval(said[name])) for name in Identity._fields))


def _is_async(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if isinstance(function, ast.AsyncFunctionDef):
        return True
    calls = [inner.func for inner in ast.walk(function.body[-1]) if isinstance(inner, ast.Call)]
    return any(ast.unparse(call) == "_rt.astream" for call in calls)


def _head(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    return [function.args, *([] if function.returns is None else [function.returns])]


def _has_default(value: ast.expr | None) -> bool:
    """Whether a field has one: ``Field(validation_alias=...)`` alone gives none."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "_rt.Field":
        return any(keyword.arg == "default" or keyword.arg == "default_factory" for keyword in value.keywords)
    return value is not None
