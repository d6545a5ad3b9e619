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
LISTS = ("collections", "catalogs", "protocols", "locks", "manipulates")
"""Options that are lists of texts."""
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

    def overlooked(self, keys: Iterable[str]) -> str:
        """The ports that were given anything else but do not exist."""
        return ", ".join(sorted(self.markers.keys() - self.required - set(keys))) if self.markers else ""


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
            if problem.code != "computed-value":
                raise
            text = f"option {word}: {problem.message}; write the value itself"
            raise Problem("computed-option", text, source=problem.source, node=problem.node) from None
        unread: str | None = None
        if (refused := _refused(word, value, scope.source.shown(argument.value))) is not None:
            unread = refused
        elif word in PER_PORT and is_mapping(value):
            unread = _spread(value, ports)
            if word == "widgets":
                required.update(str(key) for key in value)
        elif not isinstance(value, Markers | Instance | Object):
            options[word] = value.value if isinstance(value, EnumMember) else value
        elif word in DEFINING:
            unread = f"is `{scope.source.shown(argument.value)}`, which is no value that can be sent"
        if unread is not None:
            raise Problem("bad-option", f"option {word} {unread}", source=scope.source, node=argument.value)
    return options, PortOptions(ports, frozenset(required))


def effects_of(options: Mapping[str, Any]) -> str:
    """What running the function does to the world, by name; empty when the registration does not say."""
    said = options.get("effects")
    return str(said).rpartition(".")[2].upper() if said is not None else ""


def is_workflow(options: Mapping[str, Any], call: ast.Call | None) -> bool | None:
    """Whether the registration says that the function calls other nodes; None when what it says cannot be read."""
    if "execution" not in options and call is not None and any(part.arg == "execution" for part in call.keywords):
        return None
    return str(options.get("execution")).rpartition(".")[2].upper() == "WORKFLOW"


def unknown_options(call: ast.Call | None) -> Iterator[tuple[ast.keyword, str]]:
    """The options of a registration that nobody knows, and what may have been meant."""
    known = DEFINING | RUNNING
    for argument in call.keywords if call is not None else ():
        if (word := argument.arg) is not None and word not in known:
            close = difflib.get_close_matches(word, sorted(known), n=1)
            advice = f"did you mean {close[0]}?" if close else "it is ignored"
            yield argument, f"there is no option {word}; {advice}"


def _refused(word: str, value: Any, shown: str) -> str | None:
    """Why ``value``, written as ``shown``, is none for the option ``word``, or None when it may be one."""
    if value is None:
        return None
    if word in FLAGS and not isinstance(value, bool):
        return f"is True or False, not {shown}"
    if word in PER_PORT and word != "effects" and not is_mapping(value):
        return "is a dict with the names of ports for keys"
    if word == "port_groups" and not is_sequence(value):
        return f"is a list of port groups, not {shown}"
    if word not in LISTS:
        return None
    if not is_sequence(value) or not all(isinstance(text, str) for text in value):
        return f"is a list of names, not {shown}"
    spaced = [hint for hint in map(str, value) if any(map(str.isspace, hint))] if word == "protocols" else []
    return f"has the hint {spaced[0]!r}, which is no name without spaces" if spaced else None


def _spread(value: Mapping[Any, Any], ports: dict[str, Markers]) -> str | None:
    """Note what is said of each port. What is wrong with it, if anything."""
    for key, given in value.items():
        for marker in given if is_sequence(given) else [given]:
            if marker is None:
                continue
            if not isinstance(marker, Markers):
                return f"says of {key!r} what cannot be said there"
            ports[str(key)] = ports.get(str(key), NOTHING).with_(marker)
    return None
