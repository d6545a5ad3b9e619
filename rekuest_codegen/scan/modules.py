"""The modules a scan can see, and what a name in one of them means.

Names are followed through imports, aliases, re-exports and star imports into the source files of the project and of
installed packages (``.py``, else ``.pyi``), none of which is executed. What lies in the standard library, or in the
libraries whose meaning is built in (``vocabulary``), is not opened: its dotted name is the answer.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from rekuest_codegen.scan.disk import Disk
from rekuest_codegen.scan.scopes import (
    GIVEN,
    TYPE_PARAMETERS,
    Assigned,
    Binding,
    Defined,
    Given,
    ImportedModule,
    ImportedName,
    Opaque,
    Scope,
    class_scope,
)
from rekuest_codegen.scan.source import Source, read_text
from rekuest_codegen.scan.trees import Function, TypeAlias, Unreadable, dotted_name
from rekuest_codegen.scan.vocabulary import known_name

MAX_STEPS = 100
"""How many imports and aliases a name is followed through; longer chains are cycles."""

BUILTINS = frozenset(dir(builtins))


class Known(Struct, frozen=True):
    """A name that is meaningful by itself: ``typing.Optional``, ``builtins.int``, ``rekuest.register``."""

    name: str


class ModuleRef(Struct, frozen=True):
    name: str


class Object(Struct, frozen=True, eq=False):
    """Something defined in a source that was read. ``scope`` is the scope it is defined in."""

    scope: Scope
    name: str
    node: ast.ClassDef | Function | TypeAlias | ast.expr

    @property
    def source(self) -> Source:
        return self.scope.source

    @property
    def qualname(self) -> str:
        return self.scope.child_name(self.name)

    @property
    def key(self) -> tuple[Path, str]:
        """What identifies the object, however it was reached."""
        return self.source.path, self.qualname


class Missing(Struct, frozen=True, eq=False):
    """A name that leads nowhere that can be read. ``binding`` says how it is bound, when it is, in which ``scope``."""

    name: str
    reason: str
    binding: Binding | None = None
    scope: Scope | None = None


Target = Known | ModuleRef | Object | Missing


class Modules:
    """Finds, parses and caches sources, and resolves names in them."""

    def __init__(self, search_path: Sequence[Path], texts: Mapping[Path, str], disk: Disk) -> None:
        self._disk = disk
        self._search = tuple(search_path)
        self._texts = {path.absolute(): text for path, text in texts.items()}
        self._by_path: dict[Path, Source | Unreadable] = {}
        self._files: dict[tuple[Path | None, str], Path | None] = {}
        self._followed: dict[tuple[str | int, str, Path | None], Target] = {}

    def at(self, path: Path, text: str | None = None) -> Source:
        """The source in ``path``, parsed once; ``text`` is what `text` gave, where it was asked before.

        Raises:
            Unreadable: it cannot be read or parsed.
        """
        path = path.absolute()
        found = self._by_path.get(path)
        if found is None:
            try:
                found = Source(path, self.text(path) if text is None else text, self._disk.is_file)
            except Unreadable as error:
                found = error
            self._by_path[path] = found
        if isinstance(found, Unreadable):
            raise found
        return found

    def forget(self) -> None:
        """Let go of every source, so that no search for cycles has to find that nobody needs them."""
        for source in self._by_path.values():
            if isinstance(source, Source):
                source.forget()
        self._by_path.clear()

    def text(self, path: Path) -> str:
        """The text of ``path``: what was given for it, else what is in the file.

        Raises:
            Unreadable: it cannot be read.
        """
        given = self._texts.get(path.absolute())
        return given if given is not None else read_text(path, self._disk)

    def named(self, module: str, near: Path | None) -> Source | None:
        """The source of ``module``, looked for beside the importing package first."""
        key = (near, module)
        if key not in self._files:
            roots = (near, *self._search) if near is not None else self._search
            self._files[key] = next((file for root in roots if (file := self._module_file(root, module))), None)
        path = self._files[key]
        if path is None:
            return None
        try:
            return self.at(path)
        except Unreadable:
            return None

    def _module_file(self, root: Path, module: str) -> Path | None:
        top, *rest = module.split(".")
        if not all(part.isidentifier() for part in (top, *rest)):
            return None
        for head in (root / top, root / f"{top}-stubs"):
            if not self._disk.is_folder(head):
                # Without its folder only a module of its own is left, and nothing inside it.
                candidates = [] if rest else [head.with_name(f"{head.name}{ending}") for ending in (".py", ".pyi")]
            else:
                stem = head.joinpath(*rest)
                alone = [stem.with_name(f"{stem.name}{ending}") for ending in (".py", ".pyi")]
                candidates = [stem / "__init__.py", alone[0], stem / "__init__.pyi", alone[1]]
            if (found := next(filter(self._disk.is_file, candidates), None)) is not None:
                return found
        return None

    def resolve(self, scope: Scope, expression: ast.expr, steps: int = MAX_STEPS) -> Target:
        """What the dotted name ``expression`` means in ``scope``."""
        if isinstance(expression, ast.Name):
            return self.lookup(scope, expression.id, steps)
        if isinstance(expression, ast.Attribute):
            base = self.resolve(scope, expression.value, steps)
            return self.member(base, expression.attr, scope, steps)
        if isinstance(expression, ast.Constant) and (expression.value is None or isinstance(expression.value, bool)):
            return Known(f"builtins.{expression.value}")
        return Missing(type(expression).__name__, "is not a name")

    def lookup(self, scope: Scope, name: str, steps: int = MAX_STEPS) -> Target:
        """What ``name`` means in ``scope``: local, enclosing, module, star import or builtin."""
        if steps < MAX_STEPS:
            return self._lookup(scope, name, steps)
        found = scope.resolved.get(name)
        if found is None:
            found = scope.resolved[name] = self._lookup(scope, name, steps)
        return found

    def _lookup(self, scope: Scope, name: str, steps: int) -> Target:
        while scope.kind == TYPE_PARAMETERS:
            if (binding := scope.binding(name)) is not None:
                return self._follow(scope, name, binding, steps)
            assert scope.parent is not None  # noqa: S101 - for the type checker
            scope = scope.parent
        current: Scope | None = scope
        while current is not None:
            # A class body is no enclosing scope for the functions in it.
            if (current is scope or current.kind != "class") and (binding := current.binding(name)) is not None:
                return self._follow(current, name, binding, steps)
            if current.kind == "module" and (found := self._starred(current, name, steps)) is not None:
                return found
            current = current.parent
        if name in BUILTINS:
            return Known(f"builtins.{name}")
        return Missing(name, "is not defined or imported here")

    def member(self, target: Target, name: str, scope: Scope, steps: int = MAX_STEPS) -> Target:
        """The attribute ``name`` of ``target``, named from ``scope``."""
        if steps <= 0:
            return Missing(name, "is imported in a circle")
        match target:
            case Known(name=base):
                return Known(known_name(base, name) or f"{base}.{name}")
            case ModuleRef(name=module):
                key = (module, name, scope.source.root)
                return self._once(key, name, lambda: self._module_member(module, name, scope, steps - 1))
            case Object(node=ast.ClassDef() as node):
                inner = class_scope(target.scope, node)
                binding = inner.binding(name)
                if binding is None:
                    return Missing(f"{target.name}.{name}", f"is not defined in class {target.name}")
                return self._once((id(node), name, None), name, lambda: self._follow(inner, name, binding, steps - 1))
            case Object():
                return Missing(
                    f"{target.name}.{name}", f"is an attribute of {target.name}, a value computed at run time"
                )
            case Missing():
                return Missing(f"{target.name}.{name}", target.reason, target.binding)

    def _once(self, key: tuple[str | int, str, Path | None], name: str, follow: Callable[[], Target]) -> Target:
        """What ``follow`` finds, which is asked once for a ``key`` while one name is followed.

        A source and its stub are two ways on from every name: where they meet again, each way tried anew would double
        the work at every step. What was found is let go of with the name: what lies on a circle depends on where the
        circle was entered.
        """
        if (found := self._followed.get(key)) is not None:
            return found
        is_first = not self._followed
        self._followed[key] = Missing(name, "is imported in a circle")
        try:
            found = self._followed[key] = follow()
        finally:
            if is_first:
                self._followed.clear()
        return found

    def _module_member(self, module: str, name: str, scope: Scope, steps: int) -> Target:
        if known := known_name(module, name):
            return Known(known)
        if module.partition(".")[0] in sys.stdlib_module_names:
            return Known(f"{module}.{name}")
        source = self.named(module, scope.source.root)
        if source is None:
            return Known(f"{module}.{name}")
        found = self._defined(source, module, name, scope, steps)
        if isinstance(found, Missing) and (stub := self._stub_of(source)) is not None:
            # What is compiled, or made when the code runs, is written in the stub alone.
            told = self._defined(stub, module, name, scope, steps)
            found = found if isinstance(told, Missing) else told
        if isinstance(found, Missing) and any(self._is_unread(star, source.scope) for star in source.scope.stars):
            return Known(f"{module}.{name}")
        return found

    def _defined(self, source: Source, module: str, name: str, scope: Scope, steps: int) -> Target:
        """What ``name`` is in ``source``, which is that of ``module``."""
        binding = source.scope.binding(name)
        # In a package, ``from . import part`` binds the module that is called so.
        if binding is not None and binding != ImportedName(module, name):
            return self._follow(source.scope, name, binding, steps)
        if (found := self._starred(source.scope, name, steps)) is not None:
            return found
        if self.named(f"{module}.{name}", scope.source.root) is not None:
            return ModuleRef(f"{module}.{name}")
        return Missing(f"{module}.{name}", f"is not defined in {source.path}")

    def _is_unread(self, module: str, scope: Scope) -> bool:
        """Whether nobody can say what is in ``module``: it is compiled, or not there."""
        is_stdlib = module.partition(".")[0] in sys.stdlib_module_names
        return not is_stdlib and self.named(module, scope.source.root) is None

    def _stub_of(self, source: Source) -> Source | None:
        """The stub beside a source."""
        path = source.path.with_suffix(".pyi")
        if source.path.suffix != ".py" or not self._disk.is_file(path):
            return None
        try:
            return self.at(path)
        except Unreadable:
            return None

    def _starred(self, scope: Scope, name: str, steps: int) -> Target | None:
        if steps <= 0 or name.startswith("_"):
            return None
        for module in scope.stars:
            found = self.member(ModuleRef(module), name, scope, steps - 1)
            if isinstance(found, Object | ModuleRef):
                return found
            if isinstance(found, Known) and self._exports(module, name, scope, set()):
                return found
        return None

    def _exports(self, module: str, name: str, scope: Scope, asked: set[tuple[str, Path]]) -> bool:
        """Whether ``module`` has a ``name``: its source tells, else the vocabulary, else the standard library.

        ``asked`` are the modules that were asked already, and the root each was looked for beside.
        """
        if (module, scope.source.root) in asked:
            return False
        asked.add((module, scope.source.root))
        source = self.named(module, scope.source.root)
        if source is not None:
            if source.scope.binding(name) is not None:
                return True
            return any(self._exports(star, name, source.scope, asked) for star in source.scope.stars)
        if known_name(module, name) is not None:
            return True
        loaded = sys.modules.get(module)
        return module.partition(".")[0] in sys.stdlib_module_names and loaded is not None and hasattr(loaded, name)

    def _before(self, scope: Scope, name: str, binding: Binding, steps: int) -> Target:
        """What ``name`` was before ``binding`` bound it to itself: ``str = str``."""
        former = list(itertools.takewhile(lambda other: other is not binding, scope.names.get(name, ())))
        if former:
            return self._follow(scope, name, former[-1], steps - 1)
        if scope.parent is not None:
            return self._lookup(scope.parent, name, steps - 1)
        return Known(f"builtins.{name}") if name in BUILTINS else Missing(name, "is bound to itself", binding)

    def _follow(self, scope: Scope, name: str, binding: Binding, steps: int) -> Target:
        if steps <= 0:
            return Missing(name, "is imported in a circle")
        match binding:
            case ImportedModule(module=module):
                return ModuleRef(module)
            case ImportedName(module=module, name=imported):
                return self.member(ModuleRef(module), imported, scope, steps - 1)
            case Defined(node=node):
                return Object(scope, name, node)
            case Assigned(value=None):
                return Missing(name, "is declared but given no value", binding)
            case Assigned(value=ast.Constant(value=None | True | False as value)):
                return Known(f"builtins.{value}")
            case Assigned(value=ast.Name() | ast.Attribute() as value):
                if dotted_name(value) == name:
                    return self._before(scope, name, binding, steps)
                found = self.resolve(scope, value, steps - 1)
                # An attribute that cannot be followed may still be a value that folds: Colour.RED.value.
                if isinstance(found, Missing) and isinstance(value, ast.Attribute):
                    return Object(scope, name, value)
                return found
            case Assigned(value=value):
                assert value is not None  # noqa: S101 - for the type checker; matched above
                return Object(scope, name, value)
            case Given(scope=written, value=ast.Name() | ast.Attribute() as value):
                return self.resolve(written, value, steps - 1)
            case Given(scope=written, value=value):
                return Object(written, GIVEN, value)
            case Opaque(what=what):
                return Missing(name, f"is {what}", binding, scope)
