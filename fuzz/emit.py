"""A target for atheris: whatever definition its bytes draw, what `checks` promises holds. See README.md."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["rekuest_codegen.emit", "rekuest_codegen.ir"]):
    from fuzz.checks import LOOKS, check
    from fuzz.definitions import definitions
    from fuzz.source import Bytes
    from rekuest_codegen.emit import EmitOptions
    from rekuest_codegen.errors import DefinitionError
    from rekuest_codegen.ir import read_node


def target(data: bytes) -> None:
    source = Bytes(data)
    looks = {name: choices[source.randint(0, len(choices) - 1)] for name, choices in LOOKS.items()}
    try:
        nodes = [read_node(raw) for raw in definitions(source, most=3)]
    except DefinitionError:
        return  # refused, with a word of why
    check(nodes, EmitOptions(**looks))


if __name__ == "__main__":
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
