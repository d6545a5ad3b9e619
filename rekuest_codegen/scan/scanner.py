"""The scan itself: files in, nodes and findings out."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from msgspec import structs
from pydantic import ValidationError

from rekuest_codegen.garbage import collection_paused
from rekuest_codegen.project import FILE, NO_PROJECT, read_project
from rekuest_codegen.scan.apps import MadeApp
from rekuest_codegen.scan.classes import decorators_of
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.declarations import Declarations
from rekuest_codegen.scan.disk import Disk
from rekuest_codegen.scan.excluding import exclude_each_other
from rekuest_codegen.scan.files import files_of
from rekuest_codegen.scan.injection import Injection
from rekuest_codegen.scan.marker_calls import CALLS, SPELLED
from rekuest_codegen.scan.modules import Modules, Object
from rekuest_codegen.scan.options import is_workflow, read_options, unknown_options
from rekuest_codegen.scan.places import Findings, Problem
from rekuest_codegen.scan.registration import Registration, Registrations
from rekuest_codegen.scan.result import ScannedNode, ScannedState, ScanOptions, ScanResult
from rekuest_codegen.scan.signature import Registered, SignatureReader
from rekuest_codegen.scan.source import REGISTERS, Source, module_name
from rekuest_codegen.scan.states import StateReader
from rekuest_codegen.scan.trees import Function, Unreadable
from rekuest_codegen.scan.types import TypeReader
from rekuest_codegen.scan.vocabulary import APP_MAKERS
from rekuest_codegen.scan.wrapping import Wrapping, wrapping

DECLARING_TRACE = re.compile(
    r"\b(?:app_context|service|structure|memory_structure|model|interface)\b|^[ \t]*@(?:\w+\.)*state\b", re.MULTILINE
)
"""Words of declarations that are made away from the class they are about, and of states."""
MAKING_TRACE = re.compile(rf"\b(?:{'|'.join(name.partition('.')[2] for name in sorted(APP_MAKERS))})\b")
"""Words of a file that makes an app."""

DEFAULT = ScanOptions()
Found = tuple[Registration, ScannedNode]


def scan(paths: Sequence[Path], options: ScanOptions = DEFAULT, disk: Disk | None = None) -> ScanResult:
    """Read the nodes that the files under ``paths`` register, without importing or running any of them.

    Directories are searched for ``*.py``. Identifiers derived from a class contain the name of its module as the
    file's path gives it (see ``source``), so they are the same whether a file is run as ``__main__``, imported or
    only scanned. ``disk`` notes what was looked at. Never raises for what is in the files: that is a finding, and
    where it concerns one function, that function makes no node.
    """
    with collection_paused():
        return _Scan(options, disk or Disk()).run(paths)


def scan_projects(paths: Sequence[Path], options: ScanOptions = DEFAULT, disk: Disk | None = None) -> ScanResult:
    """`scan`, with what the project each file lies in says of other people's classes (see ``project``).

    Raises:
        ConfigurationError: a project's table cannot be read, or says what nobody understands.
    """
    disk = disk or Disk()
    groups: dict[Path | None, list[Path]] = {}
    of_folder: dict[Path, Path | None] = {}
    for file in dict.fromkeys(files_of(paths)):
        if file.parent not in of_folder:
            of_folder[file.parent] = _project_of(file.parent, disk)
        groups.setdefault(of_folder[file.parent], []).append(file)
    results = [scan(files, _configured(options, project, disk), disk) for project, files in groups.items()]
    if len(results) == 1:
        return results[0]
    nodes = sorted((node for result in results for node in result.nodes), key=lambda node: (str(node.path), node.line))
    findings = tuple(finding for result in results for finding in result.findings)
    states = tuple(state for result in results for state in result.states)
    alternatives = tuple(node for result in results for node in result.alternatives)
    return ScanResult(tuple(nodes), findings, states, alternatives)


def _project_of(folder: Path, disk: Disk) -> Path | None:
    """What `find_project` finds; what it looks at on the way is noted."""
    for above in (folder, *folder.parents):
        if disk.is_file(above / FILE):
            return above / FILE
    return None


def _configured(options: ScanOptions, file: Path | None, disk: Disk) -> ScanOptions:
    if file is not None:
        with suppress(OSError):
            disk.read(file)
    project = read_project(file) if file is not None else NO_PROJECT
    return replace(
        options,
        structures={**project.structures, **options.structures},
        models={**project.models, **options.models},
        memory_structures=project.memory_structures | options.memory_structures,
    )


class _Scan:
    def __init__(self, options: ScanOptions, disk: Disk) -> None:
        self._disk = disk
        self._options = options
        self._module_names = {path.absolute(): name for path, name in options.module_names.items()}
        search = options.search_path
        if search is None:
            search = tuple(Path(entry) for entry in sys.path if entry and Path(entry).is_dir())
        self._search = search
        self._findings = Findings()

    def run(self, paths: Sequence[Path]) -> ScanResult:
        files = list(dict.fromkeys(files_of(paths)))
        roots = dict.fromkeys(module_name(file, self._disk.is_file)[1] for file in files)
        modules = Modules([*roots, *self._search], self._options.texts, self._disk)
        folder = Folder(modules, CALLS, SPELLED)
        declarations = Declarations(modules, folder, self._options)
        types = TypeReader(modules, folder, declarations, self._module_of)
        signatures = SignatureReader(types, Injection(modules, declarations), self._findings, self._module_of)
        registrations = Registrations(modules, folder, declarations, self._findings)

        sources = list(self._sources(modules, files))
        if sources:
            declarations.configure(sources[0].scope)
        for source in sources:
            self._guarded(source, lambda source=source: registrations.declare(source))
        found: list[Found] = []
        for source in sources:
            self._guarded(
                source, lambda source=source: self._read(source, modules, folder, registrations, signatures, found)
            )
        if any(registration.bare for registration, _ in found):
            only = self._only_app(modules, files, registrations)
            found = [(structs.replace(made, app=only) if made.bare else made, node) for made, node in found]
        found.sort(key=lambda pair: (str(pair[1].path), pair[1].line))
        alternatives: list[Found] = []
        if not self._options.all_functions:
            found, alternatives = self._without_duplicates(found)
        states = StateReader(modules, folder, declarations, types, self._findings)
        observed: list[ScannedState] = []
        for source in sources:
            self._guarded(source, lambda source=source: observed.extend(states.read(source)))
        nodes, others = (tuple(_of_app(made.app, node) for made, node in each) for each in (found, alternatives))
        types.forget()
        modules.forget()
        return ScanResult(nodes, self._findings.sorted(), tuple(observed), others)

    def _read(
        self,
        source: Source,
        modules: Modules,
        folder: Folder,
        registrations: Registrations,
        signatures: SignatureReader,
        nodes: list[Found],
    ) -> None:
        found = list(registrations.registered(source))
        if self._options.all_functions:
            seen = {registration.function.key for registration in found}
            found += [other for other in registrations.public_functions(source) if other.function.key not in seen]
        for registration in found:
            if (node := self._node(registration, modules, folder, signatures)) is not None:
                nodes.append((registration, node))

    def _only_app(self, modules: Modules, files: Sequence[Path], registrations: Registrations) -> MadeApp | None:
        """The one app of all files, which is the app of what is registered with none; None when there are several."""
        found: list[MadeApp] = []
        for file in files:
            with suppress(Unreadable, RecursionError):
                if MAKING_TRACE.search(modules.text(file)):
                    found.extend(registrations.apps(modules.at(file)))
        return found[0] if len({app.name for app in found}) == 1 else None

    def _node(
        self, registration: Registration, modules: Modules, folder: Folder, signatures: SignatureReader
    ) -> ScannedNode | None:
        function = registration.function
        source = registration.scope.source
        place = _place(registration)
        try:
            self._check_decorators(modules, function)
            for argument, text in unknown_options(registration.call):
                self._findings.warn("unknown-option", f"{function.name}: {text}", source=source, node=argument)
            app = registration.app.name if registration.app is not None else ""
            options, ports = read_options(folder, registration.scope, registration.call)
            may_call = registration.may_call or is_workflow(options, registration.call)
            return signatures.read(Registered(function, registration.bound, options, ports, app, may_call))
        except Problem as problem:
            self._findings.problem(problem.at(source, place), prefix=f"{function.name}: ")
        except RecursionError:
            self._findings.add("too-deep", f"{function.name}: is nested too deeply", source=source, node=place)
        except ValidationError as error:
            for refused in error.errors(include_url=False, include_context=False):
                where = ".".join(str(part) for part in refused["loc"])
                self._findings.add(
                    "bad-option", f"{function.name}: {where}: {refused['msg']}", source=source, node=place
                )
        except ValueError as error:
            self._findings.add("bad-option", f"{function.name}: {error}", source=source, node=place)
        return None

    def _check_decorators(self, modules: Modules, function: Object) -> None:
        if not isinstance(function.node, Function):
            return
        for decorator in decorators_of(modules, function.scope, function.node):
            kind = wrapping(modules, function.scope, decorator)
            if kind is Wrapping.KEEPS:
                continue
            text = function.source.shown(decorator.expression)
            if kind is Wrapping.CHANGES:
                raise Problem(
                    "changed-signature",
                    f"the decorator {text} puts another signature in its place; add functools.wraps to it",
                    source=function.source,
                    node=decorator.expression,
                )
            self._findings.warn(
                "unknown-decorator",
                f"{function.name}: what {text} does to the signature cannot be read; the written one is taken",
                source=function.source,
                node=decorator.expression,
            )

    def _sources(self, modules: Modules, files: Sequence[Path]) -> Iterator[Source]:
        for file in files:
            try:
                text = modules.text(file)
                if not (self._options.all_functions or REGISTERS.search(text) or DECLARING_TRACE.search(text)):
                    continue
                source = modules.at(file, text)
                _ = source.statements  # what is nested too deeply shows here, and not in the middle of something
            except Unreadable as error:
                self._findings.unreadable(error.code, str(file), error.line, error.column, error.message)
            except RecursionError:
                self._too_deep(file)
            else:
                yield source

    def _guarded(self, source: Source, work: object) -> None:
        """Run ``work``; a file nested too deeply for Python's stack is a finding, as any other."""
        assert callable(work)  # noqa: S101 - for the type checker
        try:
            work()
        except RecursionError:
            self._too_deep(source.path)

    def _too_deep(self, path: Path) -> None:
        self._findings.unreadable("too-deep", str(path), 1, 1, "is nested too deeply to be read")

    def _without_duplicates(self, nodes: Sequence[Found]) -> tuple[list[Found], list[Found]]:
        """The functions of which there is one under an interface, and those that are run in place of one of them.

        Two under one interface are an error, as the later replaces the earlier in a running agent; unless they stand in
        branches that exclude each other. Then the first is told, as the name means the first.
        """
        seen: dict[object, list[Found]] = {}
        alternatives: list[Found] = []
        for registration, found in nodes:
            interface = str(found.options.get("interface") or found.node.key)
            # Functions inside different functions may be registered on different apps.
            outer = found.module, found.qualname.rpartition(".<locals>.")[0]
            others = seen.setdefault((registration.app.key if registration.app else outer, interface), [])
            if (
                rival := next((one for one in others if not _exclude_each_other(one[0], registration)), None)
            ) is not None:
                first = rival[1]
                place = f"line {first.line}" if first.path == found.path else f"{first.path.name}:{first.line}"
                text = f"{interface} is registered already at {place}; the later one would replace it"
                self._findings.unreadable("duplicate-key", str(found.path), found.line, 1, text)
            elif others:
                alternatives.append((registration, found))
                if (difference := _difference(others[0][1], found)) is not None:
                    text = (
                        f"{interface} is registered at line {others[0][1].line} as well, where this is not run, with "
                        f"other {difference}: that one is told, and a running agent provides the one it runs; "
                        "write both alike, or give one another key"
                    )
                    source, node = registration.scope.source, _place(registration)
                    self._findings.warn("alternative-definition", text, source=source, node=node)
            others.append((registration, found))
        passed_over = {id(found) for _, found in alternatives}
        return [one for one in nodes if id(one[1]) not in passed_over], alternatives

    def _module_of(self, thing: Object) -> str:
        return self._module_names.get(thing.source.path, thing.source.name)


def _of_app(app: MadeApp | None, found: ScannedNode) -> ScannedNode:
    if app is None or app.name == found.node.app:
        return found
    return structs.replace(found, node=found.node.model_copy(update={"app": app.name}))


def _place(registration: Registration) -> ast.AST:
    return registration.call or registration.function.node


def _exclude_each_other(one: Registration, other: Registration) -> bool:
    source = one.scope.source
    return source is other.scope.source and exclude_each_other(source.tree, _place(one), _place(other))


def _difference(one: ScannedNode, other: ScannedNode) -> str | None:
    """What two functions that are run in place of each other differ in, if anything a server is told of."""
    parts = {
        "arguments": (one.node.args, other.node.args),
        "returns": (one.node.returns, other.node.returns),
        "description": (one.node.description, other.node.description),
        "definition": (one.node, other.node),
        "options": (one.options, other.options),
        "locks or states": ((one.locks, one.manipulates), (other.locks, other.manipulates)),
    }
    return next((name for name, (first, second) in parts.items() if first != second), None)
