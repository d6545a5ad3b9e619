"""From an annotation to the shape of its type: one table, first match wins.

What a name means comes from ``modules``, what a class is from ``classes`` and ``declarations``; this walk only
decides which kind of port that makes. It never evaluates: a string annotation is parsed and walked like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rekuest_codegen.ir import MAX_DEPTH, PortKind
from rekuest_codegen.scan.advice import HOW_TO_DECLARE, INSTEAD, spoken
from rekuest_codegen.scan.aliases import TYPE_VARIABLES, unaliased
from rekuest_codegen.scan.annotations import parse_annotation, subscript_arguments
from rekuest_codegen.scan.class_shapes import ClassShapes
from rekuest_codegen.scan.classes import is_enum
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.constraints import CONSTRAINED, CONSTRAINTS, MADE, PREDICATES
from rekuest_codegen.scan.declarations import Declarations
from rekuest_codegen.scan.literals import literal_shape
from rekuest_codegen.scan.markers import NOTHING, Markers
from rekuest_codegen.scan.modules import Known, Missing, ModuleRef, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.quantities import QUANTITIES
from rekuest_codegen.scan.scopes import Scope
from rekuest_codegen.scan.shapes import Shape
from rekuest_codegen.scan.trees import TypeAlias
from rekuest_codegen.scan.unions import Unions

MAX_PARTS = 5_000
"""How many types one port may be made of: models of models of models double with each."""
PRIMITIVES: Mapping[str, PortKind] = {
    "builtins.bool": PortKind.BOOL,
    "builtins.int": PortKind.INT,
    "builtins.float": PortKind.FLOAT,
    "builtins.str": PortKind.STRING,
    "typing.Text": PortKind.STRING,
    "datetime.datetime": PortKind.DATE,
}
LISTS = frozenset(["builtins.list", "typing.List"])
DICTS = frozenset(["builtins.dict", "typing.Dict"])
TUPLES = frozenset(["builtins.tuple", "typing.Tuple"])
UNINFORMATIVE = frozenset(["typing.Any", "builtins.object"])
NONES = frozenset(["builtins.None", "types.NoneType"])
TRANSPARENT = frozenset(["typing.Final", "typing.Required", "typing.NotRequired", "dataclasses.InitVar"])


@dataclass(slots=True)
class Reading:
    """What was learned along the way: the classes bound to identifiers, and the warnings."""

    types: dict[str, str] = field(default_factory=dict[str, str])
    filled: dict[str, str] = field(default_factory=dict[str, str])
    warnings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def warn(self, code: str, message: str) -> None:
        if (code, message) not in self.warnings:
            self.warnings.append((code, message))

    def alias(self, name: str) -> None:
        """Warn of the ``type`` statement ``name``."""
        self.warn("richer-than-upstream", f"upstream refuses the type alias {name}")

    def ignored(self, markers: Markers) -> None:
        """Warn of what ``markers`` hold that upstream ignores, or everybody."""
        for what in markers.richer:
            self.warn("richer-than-upstream", f"upstream ignores {what}")
        for what in markers.ignored:
            self.warn("not-sent", f"{what} does not travel, so nobody checks it; write a validator")

    def bind(self, identifier: str, place: str) -> None:
        """Note that ``identifier`` is the class at ``place``.

        Raises:
            Problem: it is another one already.
        """
        if self.types.setdefault(identifier, place) != place:
            raise Problem(
                "identifier-clash",
                f"{identifier} names both {self.types[identifier]} and {place}; give one of them an identifier",
            )

    def fill(self, identifier: str, meant: str) -> None:
        """Note that ``identifier`` is the generic model ``meant``: ``Box[int]``.

        Raises:
            Problem: it is another one already.
        """
        if self.filled.setdefault(identifier, meant) != meant:
            both = f"{self.filled[identifier]} and {meant}"
            raise Problem("identifier-clash", f"{identifier} names both {both}; write a class of its own for one")

    def learn(self, other: Reading) -> None:
        """Note all that ``other`` learned."""
        for identifier, meant in other.filled.items():
            self.fill(identifier, meant)
        for identifier, place in other.types.items():
            self.bind(identifier, place)
        for code, message in other.warnings:
            self.warn(code, message)


class TypeReader:
    """Reads annotations. One reader serves a scan; a :class:`Reading` serves a function."""

    def __init__(
        self, modules: Modules, folder: Folder, declarations: Declarations, module_of: Callable[[Object], str]
    ) -> None:
        self.modules = modules
        self.folder = folder
        self._unions = Unions(modules)
        self._classes = ClassShapes(modules, folder, declarations, module_of, self.read)
        self._known: dict[object, tuple[Shape, Reading]] = {}
        self._parts = 0

    def read(self, scope: Scope, node: ast.expr, markers: Markers, reading: Reading, depth: int = 0) -> Shape:
        """The shape of the annotation ``node`` with ``markers`` already given to its port.

        Raises:
            Problem: it cannot be a port; placed at the part that cannot.
        """
        if depth > MAX_DEPTH:
            raise Problem(
                "too-deep", f"nests deeper than {MAX_DEPTH} types, or contains itself", source=scope.source, node=node
            )
        self._parts = self._parts + 1 if depth else 0
        if self._parts > MAX_PARTS:
            text = f"has more than {MAX_PARTS} parts; let some of it travel by reference, as a structure"
            raise Problem("too-large", text, source=scope.source, node=node)
        try:
            if depth == 0:
                return self._read_once(scope, node, markers, reading)
            return self._read(scope, node, markers, reading, depth)
        except Problem as problem:
            raise problem.at(scope.source, node) from None
        except ValueError as error:
            raise Problem("bad-marker", str(error), source=scope.source, node=node) from None

    def forget(self) -> None:
        """Let go of all, what reads classes for it and itself reads types by it too; of no use afterwards."""
        vars(self).clear()

    def fields(self, cls: Object, reading: Reading) -> tuple[tuple[str, Shape], ...]:
        """The annotated fields of a class, by name.

        Raises:
            Problem: there are none, or one cannot travel.
        """
        return self._classes.fields(cls, reading)

    def _read_once(self, scope: Scope, node: ast.expr, markers: Markers, reading: Reading) -> Shape:
        """`_read`, where the same was not read before in the same scope."""
        # Of the markers, these alone have a say in the type.
        key = (scope, spelling(node), _kind_of(markers), markers.unit)
        known = self._known.get(key)
        if known is None:
            learned = Reading()
            try:
                known = self._read(scope, node, markers, learned, 0), learned
            except Problem:
                reading.learn(learned)
                raise
            if known[0].markers is markers:  # nothing in the annotation said more of the port
                self._known[key] = known
        shape, learned = known
        reading.learn(learned)
        return shape.with_markers(markers) if key in self._known else shape

    def _read(self, scope: Scope, node: ast.expr, markers: Markers, reading: Reading, depth: int) -> Shape:
        match node:
            case ast.Constant(value=str()):
                return self._read(scope, parse_annotation(node), markers, reading, depth + 1)
            case ast.BinOp(op=ast.BitOr()):
                return self._union(scope, node, markers, reading, depth)
            case ast.Subscript():
                return self._subscript(scope, node, markers, reading, depth)
            case ast.Name() | ast.Attribute() | ast.Constant(value=None):
                return self._name(scope, node, markers, reading, depth)
            case ast.Call(func=func):
                maker = self.modules.resolve(scope, func)
                instead = MADE.get(maker.name) if isinstance(maker, Known) else None
                advice = f"write {instead}" if instead else "name the type itself"
                text = f"`{scope.source.shown(node)}` is a type that only running the code makes; {advice}"
                raise Problem("unknown-type", text)
            case _:
                raise Problem("unknown-type", f"`{scope.source.shown(node)}` is no type that can be read")

    def _name(self, scope: Scope, node: ast.expr, markers: Markers, reading: Reading, depth: int) -> Shape:
        target = self.modules.resolve(scope, node)
        match target:
            case Object(node=TypeAlias()) if (meant := unaliased(self.modules, scope, node)) is not None:
                reading.alias(target.name)
                return self.read(meant.scope, meant.node, markers, reading, depth + 1)
            case Known(name=name) if name in PRIMITIVES:
                return Shape(kind=PRIMITIVES[name], markers=markers)
            case Known(name=name) if name in UNINFORMATIVE and (kind := _kind_of(markers)) is not None:
                return Shape(kind=kind, markers=markers)
            case Known(name=name) if name in QUANTITIES:
                return Shape(kind=PortKind.QUANTITY, unit=QUANTITIES[name], markers=markers)
            case Known(name=name) if name in CONSTRAINED:
                kind, limits = CONSTRAINED[name]
                reading.ignored(limits)
                return Shape(kind=kind, markers=markers.with_(limits))
            case Known(name="rekuest.Quantity"):
                if markers.unit is None:
                    raise Problem(
                        "no-unit",
                        'a Quantity needs its unit: Annotated[Quantity, Unit("meter", proposed=("um",), '
                        'dimension="[length]")]',
                    )
                return Shape(kind=PortKind.QUANTITY, unit=markers.unit, markers=markers)
            case Known(name=name):
                if (shape := self._classes.declared(target, markers, reading, depth)) is not None:
                    return shape
                raise Problem("undeclared-type", f"{spoken(name)} cannot travel; {INSTEAD.get(name, HOW_TO_DECLARE)}")
            case Object(node=ast.ClassDef()):
                return self._classes.shape(target, markers, reading, depth)
            case Object(node=ast.Call() as call):
                return self._made(target, call, markers, reading, depth)
            case Object(node=ast.expr() as value):
                if not target.scope.is_constant(target.name):
                    raise Problem("ambiguous-type", f"{target.name} is assigned more than once; name the type itself")
                return self.read(target.scope, value, markers, reading, depth + 1)
            case Object():
                raise Problem("unknown-type", f"{target.name} is no type")
            case ModuleRef(name=name):
                raise Problem("unknown-type", f"{name} is a module, not a type")
            case Missing():
                if isinstance(target.binding, object) and "type variable" in target.reason:
                    raise Problem("type-variable", f"{target.name} is a type variable; a port needs one definite type")
                raise Problem("unresolved-name", f"{target.name} {target.reason}")

    def _made(self, target: Object, call: ast.Call, markers: Markers, reading: Reading, depth: int) -> Shape:
        """A type made by a call: NewType is what it is made of."""
        maker = self.modules.resolve(target.scope, call.func)
        name = maker.name if isinstance(maker, Known) else ""
        if name == "typing.NewType" and len(call.args) == 2:
            reading.warn("richer-than-upstream", f"upstream refuses the NewType {target.name}")
            return self.read(target.scope, call.args[1], markers, reading, depth + 1)
        if name in TYPE_VARIABLES:
            raise Problem("type-variable", f"{target.name} is a type variable; a port needs one definite type")
        if is_enum(self.modules, target):
            return self._classes.shape(target, markers, reading, depth)
        raise Problem("unknown-type", f"{target.name} is made by a call when the code runs; write it as a class")

    def _subscript(self, scope: Scope, node: ast.Subscript, markers: Markers, reading: Reading, depth: int) -> Shape:
        target = self.modules.resolve(scope, node.value)
        name = target.name if isinstance(target, Known) else ""
        arguments = subscript_arguments(node)
        if name in ("typing.Optional", "typing.Union"):
            return self._union(scope, node, markers, reading, depth)
        if name == "typing.Annotated":
            for where, marker in self._metadata(scope, node, depth):
                markers = markers.with_(said := self._marker(where, marker))
                reading.ignored(said)
            where, inner = self._unannotated(scope, node, depth)
            return self.read(where, inner, markers, reading, depth + 1)
        if name == "typing.Literal":
            return literal_shape(self.folder, scope, arguments, markers)
        if name in LISTS and len(arguments) == 1:
            item = self.read(scope, arguments[0], NOTHING, reading, depth + 1)
            return Shape(kind=PortKind.LIST, children=(("...", item),), markers=markers)
        if name in DICTS and len(arguments) == 2:
            key = self.modules.resolve(scope, arguments[0])
            if not (isinstance(key, Known) and PRIMITIVES.get(key.name) is PortKind.STRING):
                reading.warn("dict-keys", "the keys of a DICT travel as texts, whatever the annotation says")
            item = self.read(scope, arguments[1], NOTHING, reading, depth + 1)
            return Shape(kind=PortKind.DICT, children=(("...", item),), markers=markers)
        if name in PREDICATES and len(arguments) == 1:
            reading.ignored(Markers(ignored=(spoken(name).rpartition(".")[2],)))
            return self.read(scope, arguments[0], markers, reading, depth + 1)
        if name in TRANSPARENT and len(arguments) == 1:
            return self.read(scope, arguments[0], markers, reading, depth + 1)
        if isinstance(target, Known):
            if (shape := self._classes.declared(target, markers, reading, depth)) is not None:
                return shape  # what is in the brackets is for type checkers: numpy.ndarray[Any, numpy.dtype[...]]
            raise Problem("undeclared-type", f"{spoken(name)}[...] cannot travel; {INSTEAD.get(name, HOW_TO_DECLARE)}")
        if isinstance(target, Object) and isinstance(target.node, ast.ClassDef):
            return self._classes.filled(target, scope, arguments, markers, reading, depth)
        if (meant := unaliased(self.modules, scope, node)) is not None:
            if meant.statement is not None:
                reading.alias(meant.statement)
            return self.read(meant.scope, meant.node, markers, reading, depth + 1)
        if isinstance(target, Missing):
            raise Problem("unresolved-name", f"{target.name} {target.reason}")
        raise Problem("unknown-type", f"`{scope.source.shown(node)}` is no type that can be read")

    def _union(self, scope: Scope, node: ast.expr, markers: Markers, reading: Reading, depth: int) -> Shape:
        kept: dict[str, tuple[Scope, ast.expr]] = {}
        nullable = False
        for where, alternative in self._unions.alternatives(scope, node, depth, reading.alias):
            spelling = self._unions.spelling(where, alternative)
            if spelling in NONES:
                nullable = True
            else:
                kept.setdefault(spelling, (where, alternative))
        if not kept:
            raise Problem("undeclared-type", f"None cannot travel; {INSTEAD['builtins.None']}")
        if len(kept) == 1:
            where, alternative = next(iter(kept.values()))
            return self.read(where, alternative, markers, reading, depth + 1).nullable_or(nullable)
        children = tuple(
            (str(index), self.read(where, alternative, NOTHING, reading, depth + 1))
            for index, (where, alternative) in enumerate(kept.values())
        )
        return Shape(kind=PortKind.UNION, nullable=nullable, children=children, markers=markers)

    def _unannotated(self, scope: Scope, node: ast.expr, depth: int) -> tuple[Scope, ast.expr]:
        """The type inside ``Annotated``, however deep it is nested directly."""
        inner_scope, inner = self._annotated(scope, node)
        if inner is None or depth > MAX_DEPTH:
            return scope, node
        return self._unannotated(inner_scope, subscript_arguments(inner)[0], depth + 1)

    def _metadata(self, scope: Scope, node: ast.expr, depth: int) -> list[tuple[Scope, ast.expr]]:
        """The metadata of nested ``Annotated``, the innermost first, as typing flattens it."""
        inner_scope, inner = self._annotated(scope, node)
        if inner is None or depth > MAX_DEPTH:
            return []
        first, *rest = subscript_arguments(inner)
        return [*self._metadata(inner_scope, first, depth + 1), *((inner_scope, marker) for marker in rest)]

    def _annotated(self, scope: Scope, node: ast.expr) -> tuple[Scope, ast.Subscript | None]:
        """``node`` if it is an ``Annotated``, itself or by another name."""
        for _ in range(MAX_DEPTH):
            if isinstance(node, ast.Name | ast.Attribute):
                alias = self.modules.resolve(scope, node)
                if isinstance(alias, Object) and not alias.scope.is_constant(alias.name):
                    return scope, None
            if (meant := unaliased(self.modules, scope, node)) is None:
                break
            scope, node = meant.scope, meant.node
        if not isinstance(node, ast.Subscript):
            return scope, None
        target = self.modules.resolve(scope, node.value)
        return scope, node if isinstance(target, Known) and target.name == "typing.Annotated" else None

    def _marker(self, scope: Scope, node: ast.expr) -> Markers:
        """What one piece of ``Annotated`` metadata says; metadata of strangers says nothing."""
        try:
            value = self.folder.fold(scope, node)
        except Problem as problem:
            if problem.code == "computed-value" and not self._is_ours(scope, node):
                return NOTHING
            raise
        return value if isinstance(value, Markers) else NOTHING

    def _is_ours(self, scope: Scope, node: ast.expr) -> bool:
        target = self.modules.resolve(scope, node.func if isinstance(node, ast.Call) else node)
        return isinstance(target, Known) and (target.name in CONSTRAINTS or target.name.startswith("rekuest."))


def spelling(node: ast.expr) -> object:
    """Something equal for expressions that are written alike, as far as annotations of types go."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return type(value), value
        case ast.Attribute(value=owner, attr=name):
            return spelling(owner), name
        case ast.Subscript(value=owner, slice=inside):
            return spelling(owner), spelling(inside), "[]"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return spelling(left), spelling(right), "|"
        case ast.Tuple(elts=elements):
            return tuple([spelling(element) for element in elements]), ","
        case _:
            return node


def kind_of_value(value: object) -> PortKind | None:
    """The kind of port a folded default shows; for an annotation that is missing, or says nothing."""
    if isinstance(value, bool):
        return PortKind.BOOL
    if isinstance(value, int):
        return PortKind.INT
    if isinstance(value, float):
        return PortKind.FLOAT
    return PortKind.STRING if isinstance(value, str) else None


def _kind_of(markers: Markers) -> PortKind | None:
    return kind_of_value(markers.default.value) if markers.default is not None else None
