"""From a function to its node: parameters to ports, returns to ports, docstring to words."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from msgspec import Struct

from rekuest_codegen.ir import (
    Effect,
    Node,
    NodeKind,
    Port,
    PortGroup,
    TestTarget,
    Validator,
    check_node,
    default_problem,
)
from rekuest_codegen.scan.constants import Instance, is_sequence
from rekuest_codegen.scan.docstrings import NO_DESCRIPTION, Documentation, read_docstring
from rekuest_codegen.scan.identifiers import title
from rekuest_codegen.scan.injection import Injected
from rekuest_codegen.scan.markers import Markers, Stated
from rekuest_codegen.scan.modules import Object
from rekuest_codegen.scan.options import PortOptions, effects_of
from rekuest_codegen.scan.places import Findings, Problem
from rekuest_codegen.scan.result import Parameter, ParameterKind, ScannedNode
from rekuest_codegen.scan.returns import return_types, streams
from rekuest_codegen.scan.scopes import Scope, all_parameters, type_parameter_scope
from rekuest_codegen.scan.shapes import Shape, to_port
from rekuest_codegen.scan.trees import Function, raw_docstring, type_parameters
from rekuest_codegen.scan.types import Reading, TypeReader, kind_of_value

OWN_VALUE = "value"
COMPUTED_ADVICE = "write the value itself, or None and compute it in the function"


class Registered(Struct, frozen=True, eq=False):
    """A function to make a node of. ``bound`` when its first parameter is an instance or class already given,
    ``may_call`` when it may be handed what calls other nodes, as workflows are; None when nobody can tell."""

    function: Object
    bound: bool = False
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ports: PortOptions = field(default_factory=PortOptions)
    app: str = ""
    may_call: bool | None = True


class SignatureReader:
    """Makes nodes of functions; what cannot be read goes to ``findings`` and the function makes no node."""

    def __init__(
        self,
        types: TypeReader,
        injection: Callable[[Scope, ast.expr], Injected | None],
        findings: Findings,
        module_of: Callable[[Object], str],
    ) -> None:
        self._types = types
        self._injection = injection
        self._findings = findings
        self._module_of = module_of

    def read(self, registered: Registered) -> ScannedNode | None:
        """The node of a function, or None when a finding says why there is none."""
        work = _Work(self._types, self._injection, self._findings, registered)
        args, returns = work.arguments(), work.returns()
        if work.failed:
            return None
        function, options = registered.function, registered.options
        work.check_names([*args, *returns])
        documentation = work.documentation
        description = options.get("description") or documentation.description
        said: dict[str, Any] = {
            "port_groups": tuple(options.get("port_groups") or ()),
            "collections": tuple(options.get("collections") or ()),
            "is_test_for": tuple(map(_test_target, listed(options.get("is_test_for")))),
            "stateful": bool(options.get("stateful")) or work.stateful,
            "pure": bool(options.get("pure")) or effects_of(options) == "NONE",
            "idempotent": bool(options.get("idempotent")) or effects_of(options) == "REPEATABLE",
            "allow_probe": bool(options.get("allow_probe")),
            "is_dev": not description,
            "catalogs": tuple(options.get("catalogs") or ()),
            "protocols": tuple(options.get("protocols") or ()),
        }
        node = Node(
            key=options.get("key") or function.name,
            kind=NodeKind.GENERATOR if work.is_generator else NodeKind.FUNCTION,
            name=options.get("name") or title(function.name),
            version=str(options.get("version") or "1"),
            description=description or NO_DESCRIPTION,
            args=tuple(args),
            returns=tuple(returns),
            app=registered.app,
            # What says nothing would cost as much to check as what does.
            **{field: value for field, value in said.items() if value},
        )
        if problems := check_node(node):
            for problem in problems:
                text = f"{function.name}: {problem.where}: {problem.message}"
                place = function.source.name_place(work.node)
                self._findings.add(problem.code, text, source=function.source, node=place)
            return None
        return ScannedNode(
            node=node,
            module=self._module_of(function),
            qualname=function.qualname,
            path=function.source.path,
            line=work.node.lineno,
            types=dict(sorted(work.reading.types.items())),
            injected=work.injected,
            parameters=tuple(work.parameters),
            is_async=isinstance(work.node, ast.AsyncFunctionDef),
            is_generator=work.yields,
            options=options,
            locks=tuple(dict.fromkeys([*listed(options.get("locks")), *work.locks])),
            manipulates=tuple(dict.fromkeys(work.manipulates)),
        )


class _Work:
    """The reading of one function."""

    def __init__(
        self,
        types: TypeReader,
        injection: Callable[[Scope, ast.expr], Injected | None],
        findings: Findings,
        registered: Registered,
    ) -> None:
        node = registered.function.node
        assert isinstance(node, Function)  # noqa: S101 - callers pass functions only
        self.node = node
        self.function = registered.function
        self.scope = signature_scope(registered.function, node)
        self.types = types
        self.injection = injection
        self.findings = findings
        self.registered = registered
        self.reading = Reading()
        self.failed = False
        self.injected: dict[str, str] = {}
        self.stateful = False
        self.locks: tuple[str, ...] = ()
        self.manipulates: tuple[str, ...] = ()
        self.parameters: list[Parameter] = []
        self.yields = self.function.source.has_yield and streams(node)
        self.is_generator = self.yields
        self.documentation: Documentation = read_docstring(raw_docstring(node))

    def arguments(self) -> list[Port]:
        ports: list[Port] = []
        listed = parameters(self.node.args)
        for parameter, kind, default in listed[1:] if self.registered.bound else listed:
            try:
                if (port := self._argument(parameter, kind, default)) is not None:
                    ports.append(port)
            except Problem as problem:
                self._fail(problem.at(self.function.source, parameter), f"parameter {parameter.arg}: ")
            self._flush(parameter)
        self._check_dependencies(ports)
        if unknown := self.registered.ports.unknown([port.key for port in ports]):
            missing = Problem("unknown-port", f"options name ports that {self.function.name} has not: {unknown}")
            self._fail(missing.at(self.function.source, self.function.source.name_place(self.node)), "")
        return ports

    def returns(self) -> list[Port]:
        if self.node.returns is None:
            return []
        annotation = self.node.returns
        ports: list[Port] = []
        try:
            found = return_types(self.types.modules, self.scope, annotation, yields=self.yields)
            for alias in found.statements:
                self.reading.alias(alias)
            self.is_generator = self.is_generator or found.streams
            for index, (scope, item) in enumerate(found.items):
                if self.injection(scope, item) is not None:
                    raise Problem("injected-return", "a state, context or dependency cannot be returned")
                key = f"return{index}"
                shape = self.types.read(scope, item, self._given(key, None), self.reading)
                ports.append(to_port(shape, key, "return"))
                _refuse_reserved(ports[-1])
        except Problem as problem:
            self._fail(problem.at(self.function.source, annotation), "returns: ")
        except ValueError as error:
            self._fail(Problem("bad-marker", str(error), source=self.function.source, node=annotation), "returns: ")
        self._flush(annotation)
        return ports

    def _argument(self, parameter: ast.arg, kind: ParameterKind, default: ast.expr | None) -> Port | None:
        name = parameter.arg
        annotation = parameter.annotation
        has_default = default is not None
        if annotation is not None and (injected := self.injection(self.scope, annotation)) is not None:
            if injected.calls and not self.registered.may_call:
                self._refuse_calling(name)
            self.injected[name] = injected.what
            self.stateful = self.stateful or injected.stateful
            self.locks += injected.locks
            self.manipulates += (injected.name,) if injected.name else ()
            self.parameters.append(Parameter(name, kind, has_default, False))
            return None
        value = self._default(default)
        shape = self._shape(parameter, annotation, self._given(name, Stated(value) if has_default else None), value)
        self.parameters.append(Parameter(name, kind, has_default, shape.nullable))
        port = to_port(shape.nullable_or(has_default), name, "arg")
        self._check_default(shape, port, parameter)
        _refuse_reserved(port)
        return port

    def _refuse_calling(self, name: str) -> None:
        if self.registered.may_call is None:
            text = (
                f"calls other nodes (through {name}): its option execution, which cannot be read, must be a workflow's"
            )
            self.reading.warn("plain-dependency", text)
            return
        text = (
            f"calls other nodes (through {name}), which only a workflow may do: register it with "
            "execution=Execution.WORKFLOW"
        )
        if not self.function.source.postpones_annotations:
            raise Problem("plain-dependency", text)
        # Upstream overlooks it where annotations are texts.
        self.reading.warn("plain-dependency", text)

    def _shape(self, parameter: ast.arg, annotation: ast.expr | None, given: Markers, value: Any) -> Shape:
        if annotation is not None:
            return self.types.read(self.scope, annotation, given, self.reading)
        kind = kind_of_value(value)
        if kind is None:
            raise Problem(
                "no-annotation",
                f"{parameter.arg} of {self.function.name} has neither an annotation nor a default that shows "
                "its type; write one",
            )
        return Shape(kind=kind, markers=given)

    def _default(self, default: ast.expr | None) -> Any:
        if default is None:
            return None
        try:
            return self.types.folder.fold(self.function.scope, default)
        except Problem as problem:
            if problem.code != "computed-value":
                raise
            text = f"computed default: {problem.message}; {COMPUTED_ADVICE}"
            raise Problem("computed-default", text, source=problem.source, node=problem.node) from None

    def _check_default(self, shape: Shape, port: Port, parameter: ast.arg) -> None:
        stated = shape.markers.default
        if stated is None or stated.value is None:
            return
        if port.default is None and isinstance(stated.value, Instance):
            self.reading.warn(
                "default-not-sent", f"the default of {port.key} is an object and does not travel; it shows as null"
            )
        elif problem := default_problem(port, port.default):
            raise Problem("misfit-default", f"{problem}; change the default or the annotation")

    def _given(self, key: str, default: Stated | None) -> Markers:
        """What docstring, registration and default say of a port before its annotation does."""
        documented = Markers(
            default=default,
            description=self.documentation.descriptions.get(key),
            label=self.documentation.labels.get(key),
        )
        try:
            return documented.with_(self.registered.ports.of(key))
        except ValueError as error:
            raise Problem("bad-marker", f"{key} {error}") from None

    def check_names(self, ports: list[Port]) -> None:
        """Warn of ports that are spoken of and do not exist. Upstream says nothing."""
        keys = {port.key for port in ports}
        if unknown := self.registered.ports.overlooked(keys):
            self.reading.warn("unknown-port", f"options name ports that {self.function.name} has not: {unknown}")
        groups: list[str] = []
        for group in self.registered.options.get("port_groups") or ():
            if isinstance(group, PortGroup):
                named = [*group.ports, *(name for effect in group.effects for name in effect.dependencies)]
                for name in dict.fromkeys(name for name in named if name not in keys):
                    self.reading.warn("unknown-port", f"the port group {group.key} names {name}, which is no parameter")
                if group.key in groups:
                    self.reading.warn("duplicate-group", f"there are two port groups {group.key}")
                groups.append(group.key)
        self._flush(self.function.source.name_place(self.node) if self.reading.warnings else self.node)

    def _check_dependencies(self, ports: list[Port]) -> None:
        decorated = [port for port in ports if port.validators or port.effects]
        if not decorated:
            return
        keys = {port.key for port in ports}
        places = {parameter.arg: parameter for parameter in all_parameters(self.node.args)}
        for port in decorated:
            decorations: list[Validator | Effect] = [*port.validators, *port.effects]
            for decoration in decorations:
                for name in decoration.dependencies:
                    if name not in keys:
                        text = f"parameter {port.key}: depends on {name!r}, which is no parameter"
                        problem = Problem("unknown-dependency", text)
                        self._fail(problem.at(self.function.source, places[port.key]), "")

    def _fail(self, problem: Problem, prefix: str) -> None:
        self.failed = True
        self.findings.problem(problem, prefix=f"{self.function.name}: {prefix}")

    def _flush(self, node: ast.AST) -> None:
        for code, message in self.reading.warnings:
            self.findings.warn(code, f"{self.function.name}: {message}", source=self.function.source, node=node)
        self.reading.warnings.clear()


def listed(value: Any) -> list[Any]:
    """An option that may be one thing, several, or missing, as several."""
    return list(value) if is_sequence(value) else [] if value is None else [value]


def _test_target(value: Any) -> Any:
    """A text names the node that is tested by its hash."""
    return TestTarget(hash=value) if isinstance(value, str) else value


def signature_scope(function: Object, node: Function) -> Scope:
    """Where annotations are looked up: around the function, and among its own type parameters."""
    return function.scope if not type_parameters(node) else type_parameter_scope(function.scope, node)


def parameters(arguments: ast.arguments) -> list[tuple[ast.arg, ParameterKind, ast.expr | None]]:
    """Every parameter in the order of the signature, how it is passed, and its default."""
    plain = [(parameter, ParameterKind.POSITIONAL_ONLY) for parameter in arguments.posonlyargs]
    plain += [(parameter, ParameterKind.POSITIONAL_OR_KEYWORD) for parameter in arguments.args]
    defaults = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults]
    found = [(parameter, kind, default) for (parameter, kind), default in zip(plain, defaults, strict=True)]
    if arguments.vararg is not None:
        found.append((arguments.vararg, ParameterKind.VARIADIC, None))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append((parameter, ParameterKind.KEYWORD_ONLY, default))
    if arguments.kwarg is not None:
        found.append((arguments.kwarg, ParameterKind.VARIADIC_KEYWORDS, None))
    return found


def _refuse_reserved(port: Port) -> None:
    if port.key == OWN_VALUE:
        raise Problem(
            "reserved-name",
            "a port cannot be called 'value': validators and effects say 'value' for the port's own value; rename it",
        )
    for child in port.children:
        _refuse_reserved(child)
