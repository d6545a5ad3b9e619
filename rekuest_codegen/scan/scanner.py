"""The scan itself: files in, nodes and findings out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst

from rekuest_codegen.scan.classes import decorators_of
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.declarations import Declarations
from rekuest_codegen.scan.injection import Injection
from rekuest_codegen.scan.marker_calls import CALLS, SPELLED
from rekuest_codegen.scan.modules import Modules, Object
from rekuest_codegen.scan.options import read_options
from rekuest_codegen.scan.places import Findings, Problem
from rekuest_codegen.scan.registration import Registration, Registrations
from rekuest_codegen.scan.result import ScannedNode, ScanOptions, ScanResult
from rekuest_codegen.scan.signature import Registered, SignatureReader
from rekuest_codegen.scan.source import Source, Unreadable, module_name, read_text
from rekuest_codegen.scan.types import TypeReader
from rekuest_codegen.scan.wrapping import Wrapping, wrapping

TRACE = re.compile(r"\b(?:register\w*|workflow)\b")
"""Without one of these words a file registers nothing."""
DECLARING_TRACE = re.compile(r"\b(?:app_context|service|structure|memory_structure|model|interface)\b")
"""Words of declarations that are made away from the class they are about."""
SKIPPED = frozenset(["__pycache__", "node_modules", "site-packages", "build", "dist"])

DEFAULT = ScanOptions()


def scan(paths: Sequence[Path], options: ScanOptions = DEFAULT) -> ScanResult:
    """Read the nodes that the files under ``paths`` register, without importing or running any of them.

    Directories are searched for ``*.py``. Identifiers derived from a class contain the name of its module as the
    file's path gives it (see ``source``), so they are the same whether a file is run as ``__main__``, imported or
    only scanned. Never raises for what is in the files: that is a finding, and where it concerns one function, that
    function makes no node.
    """
    return _Scan(options).run(paths)


class _Scan:
    def __init__(self, options: ScanOptions) -> None:
        self._options = options
        self._module_names = {path.absolute(): name for path, name in options.module_names.items()}
        search = options.search_path
        if search is None:
            search = tuple(Path(entry) for entry in sys.path if entry and Path(entry).is_dir())
        self._search = search
        self._findings = Findings()

    def run(self, paths: Sequence[Path]) -> ScanResult:
        files = list(dict.fromkeys(_files(paths)))
        roots = dict.fromkeys(module_name(file)[1] for file in files)
        modules = Modules([*roots, *self._search])
        folder = Folder(modules, CALLS, SPELLED)
        declarations = Declarations(modules, folder, self._options)
        types = TypeReader(modules, folder, declarations, self._module_of)
        signatures = SignatureReader(types, Injection(modules, declarations), self._findings, self._module_of)
        registrations = Registrations(modules, declarations, self._findings)

        sources = list(self._sources(modules, files))
        if sources:
            declarations.configure(sources[0].scope)
        for source in sources:
            self._guarded(source, lambda source=source: registrations.declare(source))
        nodes: list[ScannedNode] = []
        for source in sources:
            self._guarded(
                source, lambda source=source: self._read(source, modules, folder, registrations, signatures, nodes)
            )
        nodes.sort(key=lambda found: (str(found.path), found.line))
        self._duplicates(nodes)
        return ScanResult(tuple(nodes), self._findings.sorted())

    def _read(
        self,
        source: Source,
        modules: Modules,
        folder: Folder,
        registrations: Registrations,
        signatures: SignatureReader,
        nodes: list[ScannedNode],
    ) -> None:
        found = list(registrations.registered(source))
        if self._options.all_functions:
            seen = {registration.function.key for registration in found}
            found += [other for other in registrations.public_functions(source) if other.function.key not in seen]
        for registration in found:
            if (node := self._node(registration, modules, folder, signatures)) is not None:
                nodes.append(node)

    def _node(
        self, registration: Registration, modules: Modules, folder: Folder, signatures: SignatureReader
    ) -> ScannedNode | None:
        function = registration.function
        source = registration.scope.source
        place = registration.call or function.node
        try:
            self._check_decorators(modules, function)
            options, ports = read_options(folder, registration.scope, registration.call)
            return signatures.read(Registered(function, registration.bound, options, ports))
        except Problem as problem:
            self._findings.problem(problem.at(source, place), prefix=f"{function.name}: ")
        except RecursionError:
            self._findings.add("too-deep", f"{function.name}: is nested too deeply", source=source, node=place)
        except ValueError as error:
            self._findings.add("bad-option", f"{function.name}: {error}", source=source, node=place)
        return None

    def _check_decorators(self, modules: Modules, function: Object) -> None:
        if not isinstance(function.node, cst.FunctionDef):
            return
        for decorator in decorators_of(modules, function.scope, function.node):
            kind = wrapping(modules, function.scope, decorator)
            text = " ".join(function.source.code(decorator.expression).split())[:60]
            if kind is Wrapping.CHANGES:
                raise Problem(
                    "changed-signature",
                    f"the decorator {text} puts another signature in its place; add functools.wraps to it",
                    source=function.source,
                    node=decorator.expression,
                )
            if kind is Wrapping.UNKNOWN:
                self._findings.warn(
                    "unknown-decorator",
                    f"{function.name}: what {text} does to the signature cannot be read; the written one is taken",
                    source=function.source,
                    node=decorator.expression,
                )

    def _sources(self, modules: Modules, files: Sequence[Path]) -> Iterator[Source]:
        for file in files:
            try:
                if not self._options.all_functions:
                    text = read_text(file)
                    if not TRACE.search(text) and not DECLARING_TRACE.search(text):
                        continue
                yield modules.at(file)
            except Unreadable as error:
                self._findings.unreadable(error.code, str(file), error.line, error.column, error.message)

    def _guarded(self, source: Source, work: object) -> None:
        """Run ``work``; a file nested too deeply for Python's stack is a finding, as any other."""
        assert callable(work)  # noqa: S101 - for the type checker
        try:
            work()
        except RecursionError:
            self._findings.unreadable("too-deep", str(source.path), 1, 1, "is nested too deeply to be read")

    def _duplicates(self, nodes: Sequence[ScannedNode]) -> None:
        """Two functions under one interface: the later replaces the earlier in a running agent, so say it."""
        seen: dict[tuple[str, str, str], ScannedNode] = {}
        for found in nodes:
            interface = str(found.options.get("interface") or found.node.key)
            # Functions inside different functions may be registered on different apps.
            outer = found.qualname.rpartition(".<locals>.")[0]
            first = seen.setdefault((found.module, outer, interface), found)
            if first is not found and not self._options.all_functions:
                text = f"{interface} is registered already at line {first.line}; the later one would replace it"
                where = str(found.path)
                self._findings.unreadable("duplicate-key", where, found.line, 1, text)

    def _module_of(self, thing: Object) -> str:
        return self._module_names.get(thing.source.path, thing.source.name)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        path = path.absolute()
        if path.is_dir():
            for file in sorted(path.rglob("*.py")):
                inside = file.relative_to(path).parts[:-1]
                if not any(part in SKIPPED or part.startswith(".") for part in inside):
                    yield file
        else:
            yield path
