"""States: classes whose objects an agent shows while they change; what can be seen of one is its fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rekuest_codegen.scan.apps import app_member, made_app
from rekuest_codegen.scan.classes import decorators_of
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.declarations import Declarations
from rekuest_codegen.scan.modules import Modules, Object
from rekuest_codegen.scan.places import Findings, Problem
from rekuest_codegen.scan.result import ScannedState
from rekuest_codegen.scan.shapes import to_port
from rekuest_codegen.scan.source import Source
from rekuest_codegen.scan.types import Reading, TypeReader


class StateReader:
    """Reads the states of a file; ``findings`` gets what cannot be read."""

    def __init__(
        self, modules: Modules, folder: Folder, declarations: Declarations, types: TypeReader, findings: Findings
    ) -> None:
        self._modules = modules
        self._folder = folder
        self._declarations = declarations
        self._types = types
        self._findings = findings

    def read(self, source: Source) -> Iterator[ScannedState]:
        """The classes under a ``state`` decorator, in the order written."""
        for scope, node, *_ in source.statements:
            if not isinstance(node, ast.ClassDef):
                continue
            for decorator in decorators_of(self._modules, scope, node):
                if app_member(self._modules, scope, decorator.expression) == "state":
                    app = made_app(self._modules, self._folder, scope, decorator.expression)
                    yield from self._state(Object(scope, node.name, node), node, app.name if app is not None else "")
                    break

    def _state(self, cls: Object, node: ast.ClassDef, app: str) -> Iterator[ScannedState]:
        reading = Reading()
        try:
            declared = self._declarations.of(cls)
            fields = self._types.fields(cls, reading)
            ports = tuple(to_port(shape, name, "return") for name, shape in fields if not name.startswith("_"))
        except Problem as problem:
            self._findings.problem(problem.at(cls.source, node), prefix=f"state {cls.name}: ")
            return
        for code, message in reading.warnings:
            self._findings.warn(code, f"state {cls.name}: {message}", source=cls.source, node=node)
        yield ScannedState(
            name=(declared.name if declared is not None else None) or cls.name,
            app=app,
            qualname=cls.qualname,
            path=cls.source.path,
            line=node.lineno,
            ports=ports,
            types=dict(sorted(reading.types.items())),
        )
