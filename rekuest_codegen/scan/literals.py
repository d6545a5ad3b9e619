"""``Literal[...]``: an ENUM whose choices are its values, written as texts."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from rekuest_codegen.ir import Choice, PortKind
from rekuest_codegen.scan.constants import EnumMember, Folder
from rekuest_codegen.scan.identifiers import literal_identifier
from rekuest_codegen.scan.markers import Markers
from rekuest_codegen.scan.modules import Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope
from rekuest_codegen.scan.shapes import Shape


def literal_shape(folder: Folder, scope: Scope, arguments: Sequence[ast.expr], markers: Markers) -> Shape:
    """The shape of ``Literal[arguments]``.

    Raises:
        Problem: it has no values, or two that read alike.
    """
    values: list[Any] = []
    for argument in arguments:
        value = folder.fold(scope, argument)
        if isinstance(value, Object):
            raise Problem("unknown-type", f"{value.name} is no literal value", source=scope.source, node=argument)
        text = f"{value.cls.name}.{value.name}" if isinstance(value, EnumMember) else str(value)
        if text not in values:
            values.append(text)
    if len({text.lower() for text in values}) == 0:
        raise Problem("unknown-type", "a Literal needs at least one value")
    choices = tuple(Choice(value=text, label=text) for text in values)
    return Shape(kind=PortKind.ENUM, identifier=literal_identifier(values), choices=choices, markers=markers)
