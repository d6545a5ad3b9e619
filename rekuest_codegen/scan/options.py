"""The options of a registration: what can be read of them, and what they say of single ports."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rekuest_codegen.scan.constants import EnumMember, Folder, Instance, is_mapping, is_sequence
from rekuest_codegen.scan.markers import NOTHING, Markers
from rekuest_codegen.scan.modules import Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope

PER_PORT = frozenset(["widgets", "return_widgets", "validators", "effects", "port_effects"])
DEFINING = frozenset(
    [
        *PER_PORT,
        "key",
        "name",
        "description",
        "version",
        "interface",
        "collections",
        "stateful",
        "port_groups",
        "is_test_for",
        "catalogs",
        "protocols",
        "pure",
        "idempotent",
        "allow_probe",
    ]
)
"""Options that change the definition: one that cannot be read is an error, of the others a silence."""
FLAGS = ("stateful", "pure", "idempotent", "allow_probe")
RUNNING = frozenset(
    [
        "actifier",
        "auto_locks",
        "bypass_expand",
        "bypass_shrink",
        "concurrency",
        "execution",
        "implementation_registry",
        "in_process",
        "locks",
        "logo",
        "manipulates",
        "optimistics",
        "policy",
        "process",
        "structure_registry",
        "tracks",
    ]
)
"""Options that say how an agent runs the function; they are kept for it, and are no part of the definition."""


@dataclass(frozen=True, slots=True)
class PortOptions:
    """What options say of each port, by the port's key."""

    markers: Mapping[str, Markers] = field(default_factory=dict[str, Markers])
    required: frozenset[str] = frozenset()

    def of(self, key: str) -> Markers:
        return self.markers.get(key, NOTHING)

    def unknown(self, keys: Iterable[str]) -> str:
        """The ports that were given a widget but do not exist, as one text."""
        return ", ".join(sorted(self.required - set(keys))) if self.required else ""


NO_PORTS = PortOptions()


def read_options(folder: Folder, scope: Scope, call: ast.Call | None) -> tuple[dict[str, Any], PortOptions]:
    """The keyword options of a registration.

    Raises:
        Problem: one that changes the definition cannot be read, or is of the wrong kind.
    """
    if call is None:
        return {}, NO_PORTS
    options: dict[str, Any] = {}
    ports: dict[str, Markers] = {}
    required: set[str] = set()
    for argument in call.keywords:
        word = argument.arg
        if word is None:
            raise Problem(
                "computed-option", "options unpacked with ** cannot be read", source=scope.source, node=argument
            )
        try:
            value = folder.fold(scope, argument.value)
        except Problem as problem:
            if word not in DEFINING:
                continue
            text = f"option {word}: {problem.message}; write the value itself"
            raise Problem("computed-option", text, source=problem.source, node=problem.node) from None
        if word in PER_PORT and is_mapping(value):
            _spread(value, ports)
            if word == "widgets":
                required.update(str(key) for key in value)
        elif not isinstance(value, Markers | Instance | Object):
            options[word] = value.value if isinstance(value, EnumMember) else value
    for word in FLAGS:
        if not isinstance(options.get(word, False), bool):
            raise Problem("bad-option", f"option {word} is True or False, not {options[word]!r}").at(scope.source, call)
    if "protocols" in options:
        for hint in options["protocols"] or ():
            if not isinstance(hint, str) or any(letter.isspace() for letter in hint):
                raise Problem("bad-option", f"a protocol hint is a name without spaces, not {hint!r}").at(
                    scope.source, call
                )
    return options, PortOptions(ports, frozenset(required))


def effects_of(options: Mapping[str, Any]) -> str:
    """What running the function does to the world, by name; empty when the registration does not say."""
    said = options.get("effects")
    return str(said).rpartition(".")[2].upper() if said is not None else ""


def unknown_options(call: ast.Call | None) -> Iterator[tuple[ast.keyword, str]]:
    """The options of a registration that nobody knows, and what may have been meant."""
    known = DEFINING | RUNNING
    for argument in call.keywords if call is not None else ():
        if (word := argument.arg) is not None and word not in known:
            close = difflib.get_close_matches(word, sorted(known), n=1)
            advice = f"did you mean {close[0]}?" if close else "it is ignored"
            yield argument, f"there is no option {word}; {advice}"


def _spread(value: Mapping[Any, Any], ports: dict[str, Markers]) -> None:
    for key, given in value.items():
        for marker in given if is_sequence(given) else [given]:
            if isinstance(marker, Markers):
                ports[str(key)] = ports.get(str(key), NOTHING).with_(marker)
