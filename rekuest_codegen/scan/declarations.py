"""What a class was declared as: by a decorator on it, by a call or function elsewhere, or by configuration."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rekuest_codegen.ir import PortKind
from rekuest_codegen.project.stored import STORED
from rekuest_codegen.scan.annotations import subscript_arguments
from rekuest_codegen.scan.apps import app_member
from rekuest_codegen.scan.classes import decorators
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.identifiers import check_identifier
from rekuest_codegen.scan.modules import Known, ModuleRef, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.result import ScanOptions
from rekuest_codegen.scan.scopes import Scope
from rekuest_codegen.scan.trees import Function, first_argument, keywords


@dataclass(frozen=True, slots=True)
class Declaration:
    """``kind`` of port, or ``injected``: what an agent hands in for a parameter of the class, under which ``name``
    (that of the class, where there is none), and the ``locks`` a function holds that is handed one."""

    kind: PortKind | None
    identifier: str | None = None
    description: str | None = None
    injected: str | None = None
    name: str | None = None
    locks: tuple[str, ...] = ()


_KINDS: Mapping[str, Declaration] = {
    "model": Declaration(PortKind.MODEL),
    "structure": Declaration(PortKind.STRUCTURE),
    "register_structure": Declaration(PortKind.STRUCTURE),
    "register_as_structure": Declaration(PortKind.STRUCTURE),
    "memory_structure": Declaration(PortKind.MEMORY_STRUCTURE),
    "register_memory_structure": Declaration(PortKind.MEMORY_STRUCTURE),
    "interface": Declaration(PortKind.INTERFACE),
    "state": Declaration(None, injected="state"),
    "context": Declaration(None, injected="context"),
    "app_context": Declaration(None, injected="app-context"),
    "service": Declaration(None, injected="service"),
    "declare": Declaration(None, injected="dependency"),
    "protocol": Declaration(None, injected="dependency"),
}
DECLARING = frozenset(_KINDS)
GENERATORS = frozenset(["Iterator", "AsyncIterator", "Generator", "AsyncGenerator"])


class Declarations:
    """Looks up declarations; those made away from the class are added by whoever walks the files."""

    def __init__(self, modules: Modules, folder: Folder, options: ScanOptions) -> None:
        self._modules = modules
        self._folder = folder
        self._by_key: dict[tuple[Path, str], Declaration] = {}
        self._by_name: dict[str, Declaration] = {}
        self._owners: dict[tuple[str, str], object] = {}
        self._root: Scope | None = None
        self._unlooked: dict[str, list[str]] = {}
        for name, identifier in STORED.items():
            self._by_name[name] = Declaration(PortKind.STRUCTURE, identifier)
            self._unlooked.setdefault(name.partition(".")[0], []).append(name)
        for name, identifier in options.structures.items():
            self._by_name[name] = Declaration(PortKind.STRUCTURE, identifier)
        for name, model in options.models.items():
            self._by_name[name] = Declaration(PortKind.MODEL, model)
        for name in options.memory_structures:
            self._by_name[name] = Declaration(PortKind.MEMORY_STRUCTURE)

    def configure(self, root: Scope) -> None:
        """Follow the configured names from ``root`` to where the classes are written, re-exports included."""
        self._root = root
        # What comes with us is looked for where a class of its package is met: most code uses none of it.
        for name in self._by_name.keys() - STORED.keys():
            self._find(name, root)

    def _find(self, name: str, root: Scope) -> None:
        module, _, last = name.rpartition(".")
        target = self._modules.member(ModuleRef(module), last, root) if module else None
        if isinstance(target, Object):
            self._by_key.setdefault(target.key, self._by_name[name])
        elif isinstance(target, Known):
            self._by_name.setdefault(target.name, self._by_name[name])

    def of(self, target: Known | Object) -> Declaration | None:
        """The declaration of a class, or None."""
        if isinstance(target, Known):
            return self._by_name.get(target.name)
        for name in self._unlooked.pop(target.source.name.partition(".")[0], ()):
            if self._root is not None:
                self._find(name, self._root)
        if found := self._by_key.get(target.key):
            return found
        if found := self._by_name.get(f"{target.source.name}.{target.qualname}"):
            return found
        if isinstance(target.node, ast.ClassDef):
            for decorator in decorators(self._modules, target):
                word = app_member(self._modules, target.scope, decorator.expression)
                if word is not None and word in _KINDS:
                    found = self._declaration(word, target.scope, decorator.call, skip=0)
                    self._add(target, found, target.scope)
                    return found
        return None

    def add_function(self, word: str, function: Object, call: ast.Call | None) -> None:
        """``@app.structure("@x/y")`` or ``@app.service()`` over a function: its return type is what is declared."""
        node = function.node
        if isinstance(node, Function) and node.returns is not None:
            target = self._modules.resolve(function.scope, self._yielded(function.scope, node.returns))
            self._add(target, self._declaration(word, function.scope, call, skip=0), function.scope)

    def _yielded(self, scope: Scope, annotation: ast.expr) -> ast.expr:
        """What a generator yields; of anything else, the thing itself."""
        if isinstance(annotation, ast.Subscript):
            maker = self._modules.resolve(scope, annotation.value)
            if isinstance(maker, Known) and maker.name.rpartition(".")[2] in GENERATORS:
                return subscript_arguments(annotation)[0]
        return annotation

    def add_call(self, word: str, scope: Scope, call: ast.Call) -> None:
        """``app.register_memory_structure(Camera)``: the first argument is what is declared."""
        if (first := first_argument(call)) is not None:
            target = self._modules.resolve(scope, first)
            self._add(target, self._declaration(word, scope, call, skip=1), scope)

    def _add(self, target: object, declaration: Declaration, scope: Scope) -> None:
        """Note ``declaration``, made in ``scope``.

        Raises:
            Problem: its identifier is malformed, or names another class already.
        """
        if not isinstance(target, Known | Object):
            return
        if declaration.identifier is not None:
            check_identifier(declaration.identifier, target.name)
            # Declarations in different functions may belong to different apps.
            place = (scope.qualname.partition(".")[0], declaration.identifier)
            owner = self._owners.setdefault(place, target.name if isinstance(target, Known) else target.key)
            if owner != (target.name if isinstance(target, Known) else target.key):
                raise Problem("identifier-clash", f"{declaration.identifier} names another class already")
        if isinstance(target, Object):
            self._by_key[target.key] = declaration
        else:
            self._by_name[target.name] = declaration

    def _declaration(self, word: str, scope: Scope, call: ast.Call | None, *, skip: int) -> Declaration:
        plain = _KINDS[word]
        if call is None:
            return plain
        if plain.kind is None:
            return self._guarded(plain, scope, call)
        named = keywords(call)
        first = call.args[skip] if len(call.args) > skip else None
        identifier = self._text(scope, named.get("identifier", first))
        return Declaration(plain.kind, identifier, self._text(scope, named.get("description")))

    def _guarded(self, plain: Declaration, scope: Scope, call: ast.Call) -> Declaration:
        """What is injected, under the name and with the locks that are written."""
        named = keywords(call)
        written = named.get("required_locks", named.get("locks"))
        locks: Any = self._folder.fold(scope, written) if written is not None else ()
        if isinstance(locks, str) or not all(isinstance(lock, str) for lock in locks or ()):
            raise Problem("bad-option", "locks are a list of texts", source=scope.source, node=written)
        return replace(plain, name=self._text(scope, named.get("name")), locks=tuple(locks or ()))

    def _text(self, scope: Scope, expression: ast.expr | None) -> str | None:
        if expression is None:
            return None
        value: Any = self._folder.fold(scope, expression)
        return value if isinstance(value, str) else None
