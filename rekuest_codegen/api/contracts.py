"""Which contract a server speaks, and what enumerating its nodes takes.

The contracts differ in what decorates a port: contract 2 gives a check as the source of a function, contract 10 as a
call of a named operation, and custom widgets changed likewise. One document serves both, with the fragments of those
decorations exchanged. Which to send is found out by looking at the server: does its `Validator` have a `call`?
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, TypeGuard

from rekuest_codegen.api.client.operations import ENUMERATE_NODES_GQL

LOOK_AT_SERVER = """
query LookAtServer {
  __type(name: "Validator") {
    fields {
      name
    }
  }
}
"""
WRITTEN = 8
"""The levels of ports that `operations.graphql` spells out."""
LEVELS = 32
"""The levels that are asked for. A level that no port reaches costs a server nothing but the reading of its name."""

_FRAGMENT = re.compile(r"^fragment (\w+) on .*?^\}$", re.MULTILINE | re.DOTALL)


class Contract(Enum):
    TWO = 2
    TEN = 10


def contract_of(look: Any) -> Contract | None:
    """The contract of a server, from its answer to `LOOK_AT_SERVER`; None when the answer does not tell."""
    validator = look.get("__type") if _is_object(look) else None
    fields = validator.get("fields") if _is_object(validator) else None
    if not isinstance(fields, list):
        return None
    names = [field.get("name") for field in fields if _is_object(field)]  # pyright: ignore[reportUnknownVariableType] - any list
    if "call" in names:
        return Contract.TEN
    return Contract.TWO if "function" in names else None


@cache
def enumeration(contract: Contract) -> str:
    """The document that lists nodes with all their ports. What nests deeper than `LEVELS` shows as a bare ``key``."""
    document = ENUMERATE_NODES_GQL
    for side in ("Arg", "Return"):
        last = _level(side, WRITTEN, "key")
        assert last in document, last  # noqa: S101 - operations.graphql is ours
        more = [_level(side, level, f"...{side}Level{level + 1}") for level in range(WRITTEN, LEVELS)]
        document = document.replace(last, "\n\n".join([*more, _level(side, LEVELS, "key")]))
    if contract is Contract.TWO:
        return document
    text = files("rekuest_codegen.api").joinpath("contract_ten.graphql").read_text("utf-8")
    theirs = {match[1]: match[0] for match in _FRAGMENT.finditer(text)}
    kept = _FRAGMENT.sub(lambda match: theirs.pop(match[1], match[0]), document)
    return "\n\n".join([kept.rstrip("\n"), *theirs.values()]) + "\n"


def _level(side: str, level: int, children: str) -> str:
    return f"fragment {side}Level{level} on {side}Port {{\n  ...{side}Fields\n  children {{\n    {children}\n  }}\n}}"


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
