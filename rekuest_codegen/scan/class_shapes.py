"""Which kind of port a class makes: declared, primitive, enum, structure by protocol, in this order."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from rekuest_codegen.ir import Choice, PortKind
from rekuest_codegen.scan import identifiers
from rekuest_codegen.scan.classes import (
    INTERFACE_BASES,
    Field,
    docstring,
    follows_protocol,
    is_dataclass,
    is_enum,
    known_ancestors,
    method,
    model_fields,
)
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.dataclass_text import written_signature
from rekuest_codegen.scan.declarations import Declaration, Declarations
from rekuest_codegen.scan.enums import FLAGS
from rekuest_codegen.scan.generics import NOTHING_GIVEN, Given, given_to
from rekuest_codegen.scan.markers import NOTHING, Markers, Stated
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.quantities import QUANTITIES
from rekuest_codegen.scan.scopes import TYPE_PARAMETERS, Scope
from rekuest_codegen.scan.shapes import Shape, argument_words
from rekuest_codegen.scan.trees import Function, first_argument, own_nodes, text_of

if TYPE_CHECKING:
    from rekuest_codegen.scan.types import Reading

Read = Callable[[Scope, ast.expr, Markers, "Reading", int], Shape]

SUBCLASSED = (
    ("builtins.bool", PortKind.BOOL),
    ("builtins.int", PortKind.INT),
    ("builtins.float", PortKind.FLOAT),
    ("datetime.datetime", PortKind.DATE),
    ("builtins.str", PortKind.STRING),
)
MAX_RETURNS = 1


class ClassShapes:
    """Shapes of classes. ``read`` reads the annotations of a model's fields."""

    def __init__(
        self,
        modules: Modules,
        folder: Folder,
        declarations: Declarations,
        module_of: Callable[[Object], str],
        read: Read,
    ) -> None:
        self._modules = modules
        self._folder = folder
        self._declarations = declarations
        self._module_of = module_of
        self._read = read
        self._open: list[object] = []

    def declared(self, target: Known | Object, markers: Markers, reading: Reading, depth: int) -> Shape | None:
        """The shape of a class somebody declared, or None."""
        declaration = self._declarations.of(target)
        if declaration is None or declaration.kind is None:
            return None
        if isinstance(target, Known):
            return self._unread(target, declaration, markers, reading)
        if declaration.kind is PortKind.MODEL:
            return self._model(target, declaration, markers, reading, depth)
        identifier = declaration.identifier or self._own_identifier(target)
        if identifier is None:
            derive = (
                identifiers.class_identifier
                if declaration.kind is PortKind.MEMORY_STRUCTURE
                else identifiers.structure_identifier
            )
            identifier = derive(target.source.name, target.name)
        return self._bound(target, declaration.kind, identifier, declaration.description, markers, reading)

    def shape(self, cls: Object, markers: Markers, reading: Reading, depth: int) -> Shape:
        """The shape of a class that was read.

        Raises:
            Problem: it is none that can travel; the message says how to declare it.
        """
        if (found := self.declared(cls, markers, reading, depth)) is not None:
            return found
        names = known_ancestors(self._modules, cls)
        if is_enum(self._modules, cls):
            return self._enum(cls, markers, reading)
        for name, kind in SUBCLASSED:
            if name in names:
                return Shape(kind=kind, markers=markers)
        if quantity := next((QUANTITIES[name] for name in names if name in QUANTITIES), None):
            return Shape(kind=PortKind.QUANTITY, unit=quantity, markers=markers)
        if follows_protocol(self._modules, cls):
            identifier = self._own_identifier(cls) or identifiers.structure_identifier(cls.source.name, cls.name)
            return self._bound(cls, PortKind.STRUCTURE, identifier, None, markers, reading)
        raise Problem("undeclared-type", self._advice(cls, names))

    def filled(
        self, cls: Object, scope: Scope, arguments: Sequence[ast.expr], markers: Markers, reading: Reading, depth: int
    ) -> Shape:
        """The shape of a class with types in brackets behind it. Of a model, they are part of the identifier; to what
        travels by reference they make no difference.

        Raises:
            Problem: as `shape`; or it takes other types.
        """
        declaration = self._declarations.of(cls)
        if declaration is None or declaration.kind is not PortKind.MODEL:
            return self.shape(cls, markers, reading, depth)
        given = given_to(self._modules, cls, scope, arguments)
        words = [argument_words(self._read(scope, one, NOTHING, reading, depth + 1)) for one in arguments]
        return self._model(cls, declaration, markers, reading, depth, given, words)

    def _advice(self, cls: Object, names: frozenset[str]) -> str:
        if names & {"typing.NamedTuple", "builtins.tuple"}:
            return f"{cls.name} is a named tuple, which is only a return type; as an argument use a @model"
        if "typing.TypedDict" in names:
            return f"{cls.name} is a TypedDict; make it a dataclass and declare it: @model"
        if is_dataclass(self._modules, cls):
            return f"{cls.name} is a model nobody declared; put @model above it, so that it travels field by field"
        if names & INTERFACE_BASES:
            return f'{cls.name} is an interface nobody declared; put @interface(identifier="@package/key") above it'
        return (
            f"{cls.name} is declared nowhere; if it travels field by field put @model above it, if by reference "
            f'@structure(identifier="@package/key") or shrink and expand methods, if it stays with this agent '
            f"@memory_structure"
        )

    def _bound(
        self,
        cls: Object,
        kind: PortKind,
        identifier: str,
        description: str | None,
        markers: Markers,
        reading: Reading,
    ) -> Shape:
        identifiers.check_identifier(identifier, cls.name)
        self._bind(identifier, cls, reading)
        return Shape(kind=kind, identifier=identifier, description=description, markers=markers)

    def _bind(self, identifier: str, cls: Object, reading: Reading) -> None:
        reading.bind(identifier, f"{self._module_of(cls)}:{cls.qualname}")

    def _unread(self, target: Known, declaration: Declaration, markers: Markers, reading: Reading) -> Shape:
        """A declared class whose source could not be opened: its name is all there is."""
        module, _, name = target.name.rpartition(".")
        if declaration.kind is None or declaration.kind is PortKind.MODEL:
            raise Problem("unread-model", f"{target.name} is declared a model but its source was not found")
        identifier = declaration.identifier or identifiers.structure_identifier(module, name)
        if declaration.kind is PortKind.MEMORY_STRUCTURE and declaration.identifier is None:
            identifier = identifiers.class_identifier(module, name)
        identifiers.check_identifier(identifier, target.name)
        reading.bind(identifier, f"{module}:{name}")
        return Shape(kind=declaration.kind, identifier=identifier, description=declaration.description, markers=markers)

    def _enum(self, cls: Object, markers: Markers, reading: Reading) -> Shape:
        if not FLAGS.isdisjoint(known_ancestors(self._modules, cls)):
            warning = f"members of the Flag {cls.name} are combined in Python; one at a time travels: make it an Enum"
            reading.warn("flag-members", warning)
        members = self._folder.members(cls)
        if not members:
            missing = "has members that only running the code shows" if isinstance(cls.node, ast.Call) else "is empty"
            raise Problem("no-choices", f"the enum {cls.name} {missing}")
        text = docstring(cls.node) if isinstance(cls.node, ast.ClassDef) else None
        identifier = identifiers.class_identifier(cls.source.name, self._own_name(cls))
        shape = self._bound(cls, PortKind.ENUM, identifier, text, markers, reading)
        choices = tuple(Choice(value=name, label=name, description=text) for name in members)
        return replace(shape, choices=choices, members=members)

    def _own_name(self, cls: Object) -> str:
        """The name a class has itself, which a call that makes it may give it: ``Shade = Enum("Colour", …)``."""
        if isinstance(cls.node, ast.Call) and (first := first_argument(cls.node)) is not None:
            name: Any = self._folder.fold(cls.scope, first)
            return str(name)
        return cls.name

    def _model(
        self,
        cls: Object,
        declaration: Declaration,
        markers: Markers,
        reading: Reading,
        depth: int,
        given: Given = NOTHING_GIVEN,
        words: Sequence[str] = (),
    ) -> Shape:
        assert isinstance(cls.node, ast.ClassDef)  # noqa: S101 - for the type checker
        key = (cls.key, *words)
        if key in self._open:
            raise Problem("recursive-type", f"the model {cls.name} contains itself; a port has a definite depth")
        fields = model_fields(self._modules, cls, self._has_fields, given)
        self._open.append(key)
        try:
            children = self._fields(cls, fields, reading, depth)
        finally:
            self._open.pop()
        text = declaration.description or docstring(cls.node)
        if text is None and "pydantic.BaseModel" not in known_ancestors(self._modules, cls):
            text = written_signature(self._modules, self._folder, cls.name, fields)
        if any(
            field.scope.kind == TYPE_PARAMETERS and _names(field.annotation) & field.scope.names.keys()
            for field in fields
        ):
            reading.warn("richer-than-upstream", f"upstream refuses the type variables of {cls.name}")
        identifier = declaration.identifier or identifiers.model_identifier(cls.source.name, cls.name)
        if words:
            identifier = identifiers.filled_identifier(identifier, words)
            reading.fill(identifier, f"{cls.name}[{', '.join(words)}]")
        shape = self._bound(cls, PortKind.MODEL, identifier, text, markers, reading)
        return replace(shape, children=children)

    def fields(self, cls: Object, reading: Reading) -> tuple[tuple[str, Shape], ...]:
        """The annotated fields of a class, by name.

        Raises:
            Problem: there are none, or one cannot travel.
        """
        self._open.append((cls.key,))
        try:
            return self._fields(cls, model_fields(self._modules, cls, self._has_fields), reading, 0)
        finally:
            self._open.pop()

    def _fields(
        self, cls: Object, fields: Sequence[Field], reading: Reading, depth: int
    ) -> tuple[tuple[str, Shape], ...]:
        if not fields:
            raise Problem("empty-model", f"the model {cls.name} has no annotated fields")
        return tuple((field.name, self._field(field, reading, depth)) for field in fields)

    def _has_fields(self, cls: Object) -> bool:
        """Whether a class is a record itself, whatever derives from it."""
        if is_dataclass(self._modules, cls):
            return True
        declared = self._declarations.of(cls)
        return declared is not None and (declared.kind is PortKind.MODEL or declared.injected is not None)

    def _field(self, field: Field, reading: Reading, depth: int) -> Shape:
        try:
            markers = self._field_markers(field)
        except Problem as problem:
            if problem.code != "computed-value":
                raise
            code, text = "computed-default", f"computed default of field {field.name}: {problem.message}"
            raise Problem(code, text, source=problem.source, node=problem.node) from None
        reading.ignored(markers)
        return self._read(field.scope, field.annotation, markers, reading, depth + 1)

    def _field_markers(self, field: Field) -> Markers:
        if field.default is None or (isinstance(field.default, ast.Constant) and field.default.value is ...):
            return NOTHING
        value: Any = self._folder.fold(field.scope, field.default)
        return value if isinstance(value, Markers) else Markers(default=Stated(value))

    def _own_identifier(self, cls: Object) -> str | None:
        """What ``get_identifier`` returns, when that is written there."""
        found = method(self._modules, cls, "get_identifier")
        if found is None or not isinstance(found.node, Function):
            return None
        returned = [part.value for part in own_nodes(found.node.body) if isinstance(part, ast.Return)]
        if len(returned) != MAX_RETURNS or returned[0] is None:
            raise self._unread_identifier(cls, found)
        try:
            value = self._folder.fold(found.scope, returned[0])
        except Problem:
            raise self._unread_identifier(cls, found) from None
        if not isinstance(value, str):
            raise self._unread_identifier(cls, found)
        return value

    def _unread_identifier(self, cls: Object, found: Object) -> Problem:
        return Problem(
            "computed-identifier",
            f"get_identifier of {cls.name} does not return one literal text; write it so, or map the class in the "
            "project's configuration",
            source=found.source,
            node=found.node,
        )


def _names(annotation: ast.expr) -> frozenset[str]:
    """The names in an annotation, those in texts included."""
    found: set[str] = set()
    for part in ast.walk(annotation):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.expr) and (text := text_of(part)) is not None:
            found.update(re.findall(r"\w+", text))
    return frozenset(found)
