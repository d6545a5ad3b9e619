"""How a function is to be run, from the options of its registration: read from the source, checked here."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
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
    return RunOptions(
        locks=tuple(dict.fromkeys([*_locks(found), *(key for one in handed for key in one.locks)])),
        concurrency=_concurrency(found),
        process=process is True,
        effects=_effects(found),
        manipulates=tuple(one.name for one in states if one.cls in written),
    )


def terms_of(found: ScannedNode) -> Terms:
    """The terms a server is told, as far as they can be read without running anything.

    Raises:
        DefinitionError: an option makes no sense.
    """
    states = [what.rpartition(".")[2] for what in found.injected.values() if what.startswith("state:")]
    return Terms(locks=_locks(found), manipulates=tuple(states), effects=_effects(found).value)


def _locks(found: ScannedNode) -> tuple[str, ...]:
    locks = found.options.get("locks") or ()
    if not is_series(locks) or not all(isinstance(key, str) and key for key in locks):
        raise _refused(found, f"locks are a list of names, not {locks!r}")
    return tuple(locks)


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
