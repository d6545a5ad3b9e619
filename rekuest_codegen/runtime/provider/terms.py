"""How a function is to be run, from the options of its registration: read from the source, checked here."""

from __future__ import annotations

import difflib
import inspect
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.runtime.provider.effects import Effects
from rekuest_codegen.runtime.provider.injection import Wanted
from rekuest_codegen.runtime.provider.parts import Held
from rekuest_codegen.runtime.provider.provided import RunOptions
from rekuest_codegen.shapes import is_series
from rekuest_codegen.wire.definitions import Terms

if TYPE_CHECKING:
    from rekuest_codegen.scan import ScannedNode

logger = logging.getLogger("rekuest_codegen.provider")

ACTED_ON = frozenset(["auto_locks", "concurrency", "locks", "manipulates", "process"])
"""Options that say how a function is run. What else there is changes the definition, or is passed over."""
PASSED_OVER = frozenset(
    [
        "actifier",
        "bypass_expand",
        "bypass_shrink",
        "execution",
        "implementation_registry",
        "in_process",
        "logo",
        "optimistics",
        "policy",
        "structure_registry",
        "tracks",
    ]
)
"""Options that agents of other packages act on."""


def options_of(
    function: Callable[..., Any],
    found: ScannedNode,
    wanted: Mapping[str, Wanted],
    held: Sequence[Held],
    states: Sequence[Held],
) -> RunOptions:
    """The options of ``function``; the locks of what it is handed are added to its own.

    Raises:
        DefinitionError: an option makes no sense.
    """
    classes = [one.cls for one in wanted.values()]
    handed = [one for one in held if one.cls in classes]
    written = {one.cls for one in wanted.values() if not one.read_only}
    process = found.options.get("process", False)
    if process is not False:
        _check_process(function, found, process, wanted)
    manipulated = [one.name for one in states if one.cls in written]
    return RunOptions(
        locks=_locks(found, [key for one in handed for key in one.locks]),
        concurrency=_concurrency(found),
        process=process is True,
        effects=_effects(found),
        manipulates=tuple(dict.fromkeys([*manipulated, *_names(found, "manipulates")])),
    )


def check_given(found: ScannedNode, given: Mapping[str, Any]) -> None:
    """Hold what a registration was given when it ran against what its source says.

    Raises:
        DefinitionError: the source does not show how the function is to be run.
    """
    for name, value in given.items():
        if name in ACTED_ON and value is not None and name not in found.options:
            raise _refused(found, f"option {name} cannot be read from the source; write the value itself")
        if name in PASSED_OVER and value:
            logger.warning("%s:%d: %s: register(%s=...) is not acted on", found.path, found.line, found.node.key, name)


def terms_of(found: ScannedNode) -> Terms:
    """The terms a server is told, as far as they can be read without running anything.

    Raises:
        DefinitionError: an option makes no sense.
    """
    locks = _locks(found, found.locks)
    manipulated = tuple(dict.fromkeys([*found.manipulates, *_names(found, "manipulates")]))
    return Terms(locks=locks, manipulates=manipulated, effects=_effects(found).value)


def _locks(found: ScannedNode, guarding: Iterable[str]) -> tuple[str, ...]:
    """The locks it names, and those ``guarding`` what it is handed, unless it wants to do without."""
    own = _names(found, "locks")
    return own if found.options.get("auto_locks") is False else tuple(dict.fromkeys([*own, *guarding]))


def _names(found: ScannedNode, option: str) -> tuple[str, ...]:
    names = found.options.get(option) or ()
    if not is_series(names) or not all(isinstance(name, str) and name for name in names):
        raise _refused(found, f"{option} are a list of names, not {names!r}")
    return tuple(names)


def _concurrency(found: ScannedNode) -> int | None:
    said = found.options.get("concurrency")
    if said is None or said == "parallel":
        return None
    if said == "serial":
        return 1
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise _refused(found, f"concurrency is a number above 0, 'serial' or 'parallel', not {said!r}")
    return said


def _effects(found: ScannedNode) -> Effects:
    said = str(found.options.get("effects") or Effects.UNKNOWN).rpartition(".")[2].upper()
    try:
        effects = Effects(said)
    except ValueError:
        close = difflib.get_close_matches(said, list(Effects), n=1)
        advice = f"; did you mean {close[0]}?" if close else ""
        raise _refused(found, f"effects are one of {', '.join(Effects)}, not {said!r}{advice}") from None
    if effects is Effects.IRREVERSIBLE and (found.node.pure or found.node.idempotent):
        raise _refused(found, "effects that are IRREVERSIBLE are neither pure nor idempotent")
    return effects


def _check_process(
    function: Callable[..., Any], found: ScannedNode, process: Any, wanted: Mapping[str, Wanted]
) -> None:
    if process is not True:
        raise _refused(found, f"process is True or False, not {process!r}")
    plain = inspect.unwrap(function)
    if inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain):
        raise _refused(found, "process=True is for functions that are not async; those run in the event loop")
    if "." in getattr(plain, "__qualname__", "."):
        raise _refused(found, "process=True is for functions at the top of a module; others cannot be found from there")
    if name := next((name for name, one in wanted.items() if one.cls is not None), None):
        raise _refused(found, f"process=True: parameter {name} is an object of this process and cannot be handed there")


def _refused(found: ScannedNode, text: str) -> DefinitionError:
    return DefinitionError([Finding("bad-option", f"{found.path}:{found.line}:1", f"{found.node.key}: {text}")])
