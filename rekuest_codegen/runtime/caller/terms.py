"""On which terms calls are made: what ``with options(...)`` says, kept beside the calls and out of their signatures.

Options are frozen and held by a context variable: nested blocks add up, and what a call starts (asyncio tasks, its
way through other threads) has them too. `Options.plain` is what a call looks at first: unset options cost it nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator
from contextvars import ContextVar
from types import EllipsisType
from typing import Any, NamedTuple

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.blocks import block
from rekuest_codegen.runtime.deadlines import SECONDS, is_timeout
from rekuest_codegen.wire.asides import NOTHING, Aside

MAX_RETRIES = 100


class Reference:
    """The idempotency key of one call, and how often it was taken."""

    __slots__ = ("_uses", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._uses = itertools.count()

    def __repr__(self) -> str:
        return f"Reference({self.text!r})"

    def take(self) -> str:
        """The key, once.

        Raises:
            ConfigurationError: it was taken before.
        """
        if next(self._uses):
            raise ConfigurationError(f"reference {self.text!r}: names one call, and this block makes another one")
        return self.text


class Options(NamedTuple):
    """What holds for the calls in a ``with options(...)`` block; `options` says what each means."""

    timeout: float | None = None
    retries: int = 0
    agent: str | None = None
    implementation: str | None = None
    reference: Reference | None = None
    progress: bool = False
    keep: bool = False
    blocking: bool | None = None
    plain: bool = True
    """Whether nothing is said but, maybe, a timeout."""


class Assignment(NamedTuple):
    """What an assignment says beside node and arguments. ``known``: the reference may have been used before, so its
    task is looked for first. ``keep`` is asked when who assigns is cancelled meanwhile: whether the task is to run."""

    reference: str | None = None
    known: bool = False
    agent: str | None = None
    implementation: str | None = None
    keep: Callable[[], bool] | None = None
    aside: Aside = NOTHING

    @property
    def chosen(self) -> bool:
        """Whether it says who is to run the task."""
        return self.agent is not None or self.implementation is not None


AWAITED = Assignment(aside=Aside(awaited=True))
"""That of a plain call, whose caller waits for what comes of it."""


def awaited_for(seconds: float | None) -> Assignment:
    """That of a call which is waited for so long."""
    return AWAITED._replace(aside=Aside(awaited=True, within=seconds))


NO_OPTIONS = Options()
in_force: ContextVar[Options] = ContextVar("rekuest_codegen_options", default=NO_OPTIONS)

_NOT_PLAIN = tuple(name for name in Options._fields if name not in ("timeout", "blocking", "plain"))


@block
def options(
    *,
    timeout: float | None | EllipsisType = ...,
    retries: int | EllipsisType = ...,
    agent: str | None | EllipsisType = ...,
    implementation: str | None | EllipsisType = ...,
    reference: str | None | EllipsisType = ...,
    progress: bool | EllipsisType = ...,
    keep: bool | EllipsisType = ...,
    blocking: bool | None | EllipsisType = ...,
) -> Generator[None]:
    """What holds for every call in the block: ``with options(timeout=5, retries=2): threshold(image)``.

    Blocks nest; what an inner one does not say holds on from the outer one. What this gives may be kept, entered again
    and again, also by several threads, and used as a decorator of functions and coroutine functions.

    To `submit`, ``timeout`` and ``retries`` speak of the time until the server has the task, and ``progress`` of
    nothing; what comes then is waited for by ``task.result(timeout)``.

    Args:
        timeout: seconds that a call may take, its tries and the pauses between them included; of a stream, seconds
            from item to item. At the deadline the task is cancelled. None for no bound.
        retries: how often a call is tried again when its task was never begun, or when the node is idempotent or pure
            and nobody can say what became of the task. Whatever else goes wrong is raised at once.
        agent: name or id of the agent that is to run it. None: the server chooses.
        implementation: id or interface of the implementation that is to run it.
        reference: the idempotency key of the one call in the block: a call that was made before with this reference,
            here or in another process, is taken up and not made again: it gives what that gives, or raises what it
            raised.
        progress: a bar of the progress that the node tells: on a terminal; plain text in a notebook; else nothing.
        keep: a call that is interrupted (Ctrl-C, a cancelled task, a stream that is left) lets its task run on instead
            of cancelling it.
        blocking: whether a sync call may block a running event loop. None: in notebooks, and in slots of Qt programs.

    Raises:
        ConfigurationError: a value makes no sense.
    """
    given: dict[str, Any] = {
        "timeout": timeout,
        "retries": retries,
        "agent": agent,
        "implementation": implementation,
        "reference": reference,
        "progress": progress,
        "keep": keep,
        "blocking": blocking,
    }
    said: dict[str, Any] = {name: _checked(name, value) for name, value in given.items() if value is not ...}
    token = in_force.set(changed(in_force.get(), **said))
    try:
        yield
    finally:
        in_force.reset(token)


def changed(given: Options, **said: Any) -> Options:
    """``given``, with what is ``said`` instead."""
    found = given._replace(**said)
    return found._replace(plain=all(getattr(found, name) == getattr(NO_OPTIONS, name) for name in _NOT_PLAIN))


def _checked(name: str, value: object) -> object:
    match name:
        case "timeout":
            fits = is_timeout(value)
            expected = SECONDS
        case "retries":
            fits = isinstance(value, int) and _is_number(value) and 0 <= value <= MAX_RETRIES
            expected = f"a number of further tries, from 0 to {MAX_RETRIES}"
        case "agent" | "implementation" | "reference":
            fits = value is None or (isinstance(value, str) and value.strip() == value != "" and len(value) <= 200)
            expected = "a text without space around it, or None"
        case _:
            fits = isinstance(value, bool) or (name == "blocking" and value is None)
            expected = "True, False or None" if name == "blocking" else "True or False"
    if not fits:
        raise ConfigurationError(f"{name} {_shown(value)}: expected {expected}")
    return Reference(value) if name == "reference" and isinstance(value, str) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
