"""A fake of one generated function: says what it was told to say, and remembers how it was called.

Its arguments come through the checks and the wire form of the node's own ports, what it gives goes back the same way;
so a fake cannot be called, nor answer, as the node could not. A user's own structures shrink and expand at the
caller as they always do; a fake sees them as references.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeGuard, cast

from rekuest_codegen.errors import ArgumentError, ConfigurationError, RekuestError
from rekuest_codegen.runtime.caller.stubs import remote_of
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.testing.replay import Replay
from rekuest_codegen.runtime.testing.standing import Standing
from rekuest_codegen.runtime.testing.stubs import at_once, plain_types
from rekuest_codegen.runtime.values import expand_all, returned, shrink_all, values_walk
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.raised import tell

_UNSAID: Any = object()
_END = object()
Failure = BaseException | type[BaseException]


@dataclass(slots=True)
class Call:
    """One call of a faked function.

    Attributes:
        arguments: by parameter name, as the node would have got them: what was left out has its default.
        wire: by wire key, what would have been sent.
        cancelled: whether the caller left before the end.
    """

    arguments: Mapping[str, Any]
    wire: Mapping[str, Any]
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a fake does when it is called."""

    returns: Any
    yields: Iterable[Any] | AsyncIterable[Any] | None
    raises: Failure | None
    side_effect: Callable[..., Any] | None


class Fake(Standing):
    """Stands in for one node in a ``with`` block. ``calls`` has its calls in order."""

    def __init__(self, remote: Remote[Any], behaviour: Behaviour, *, streams: bool, everywhere: bool) -> None:
        super().__init__(everywhere=everywhere)
        self.remote = remote
        self.calls: list[Call] = []
        self._behaviour = behaviour
        self._streams = streams
        self._threads = DaemonThreads("rekuest-codegen fake")

    def __repr__(self) -> str:
        return f"fake of {self.remote.title}"

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._threads.shutdown()

    @property
    def called(self) -> bool:
        """Whether it was called at all."""
        return bool(self.calls)

    def takes(self, remote: Remote[Any]) -> bool:
        return (remote.app, remote.key, remote.version) == (self.remote.app, self.remote.key, self.remote.version)

    @property
    def place(self) -> Nested:
        return Nested(self, None)

    # -- as a caller -------------------------------------------------------------------------------------------------

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        wire: dict[str, Any] = json.loads(json.dumps(dict(args), allow_nan=False))
        contract = self.remote.contract
        values = await expand_all(contract.args, wire, values_walk(plain_types(self.remote.types)))
        names = {key: name for name, key in contract.names.items()}
        call = Call({names.get(key, key): value for key, value in values.items()}, wire)
        self.calls.append(call)
        return Replay(self.remote.title, str(len(self.calls)), self._events(call), on_cancel=partial(_cancelled, call))

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return False

    async def cancel(self, watch: Watch) -> None:
        await cast("Replay", watch).close()

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        ends = {"cancel": "CANCELLED", "interrupt": "INTERRUPTED"}
        if kind in ends:  # nobody is at work whom a pause would stop
            cast("Replay", watch).stop(ends[kind])

    # -- what it does ------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Refuse what could never be returned, as far as that can be told before it is.

        Raises:
            ArgumentError: it does not fit the node's ports.
        """
        if len(plain_types(self.remote.types)) < len(self.remote.types):
            return  # a structure of the user's own shrinks when it is returned, and not before
        behaviour = self._behaviour
        if self._streams and isinstance(behaviour.yields, list | tuple):
            for item in behaviour.yields:
                if not _is_failure(item):
                    at_once(self._shrunk(item))
        elif not self._streams and behaviour.raises is None and behaviour.side_effect is None:
            at_once(self._shrunk(behaviour.returns))

    async def _events(self, call: Call) -> AsyncGenerator[Event]:
        numbers = itertools.count(1)
        try:
            async with aclosing(self._items(call)) as items:
                async for item in items:
                    yield Event(next(numbers), "YIELD", returns=await self._shrunk(item))
        except (RekuestError, AssertionError):
            raise  # what a caller gets when something else than the function fails; what a test has to say
        except Exception as error:
            text = str(error) or type(error).__name__
            yield Event(next(numbers), "LOG", message=tell(error, text))
            yield Event(next(numbers), "CRITICAL", message=text)
        else:
            yield Event(next(numbers), "COMPLETED")

    async def _items(self, call: Call) -> AsyncGenerator[Any]:
        behaviour = self._behaviour
        if behaviour.side_effect is not None:
            given = await self._call(behaviour.side_effect, call.arguments)
        else:
            given = behaviour.yields if self._streams else behaviour.returns
        if self._streams and given is not None:
            async with aclosing(self._each(given)) as items:
                async for item in items:
                    yield _unless_failure(item)
        elif not self._streams and behaviour.raises is None:
            yield given
        if behaviour.raises is not None:
            raise behaviour.raises

    async def _each(self, given: Any) -> AsyncGenerator[Any]:
        if _comes_async(given):
            async for item in given:
                yield item
            return
        items = iter(given)
        while (item := await self._in_thread(partial(next, items, _END))) is not _END:
            yield item

    async def _call(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            outcome = function(**arguments)
        else:
            outcome = await self._in_thread(partial(function, **arguments))
        return await outcome if inspect.isawaitable(outcome) else outcome

    async def _in_thread(self, function: Callable[[], Any]) -> Any:
        """A function of the test's may block, and may call other nodes."""
        inside = copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._threads, inside.run, function)

    async def _shrunk(self, item: Any) -> dict[str, Any]:
        ports = self.remote.contract.returns
        try:
            wire = await shrink_all(ports, returned(ports, item), values_walk(self.remote.types))
        except ArgumentError as error:
            raise ArgumentError(error.path, f"{error.problem} ({self!r} cannot give this)") from None
        return cast("dict[str, Any]", json.loads(json.dumps(wire, allow_nan=False)))


def fake(
    function: Callable[..., Any],
    *,
    returns: Any = _UNSAID,
    yields: Iterable[Any] | AsyncIterable[Any] | None = None,
    raises: Failure | None = None,
    side_effect: Callable[..., Any] | None = None,
    everywhere: bool = False,
) -> Fake:
    """Stand in for a generated function: ``with fake(threshold, returns=mask) as faked: ...``.

    Both of its forms are faked, whichever of them is given, for calls made in the block, and in tasks and threads
    that carry its context.

    Args:
        function: the generated function, sync or async.
        returns: what every call returns; a tuple where the node has several values.
        yields: what every call of a generator yields; an exception among the items is raised in its turn.
        raises: an exception, or a class of one; after all that is yielded. An error of ``rekuest_codegen.errors``
            reaches the caller as it is, any other as the NodeError it would be if the node's function had raised it.
        side_effect: called with the arguments by name, sync or async; returns or yields what the call does.
        everywhere: in all threads and tasks of the process.

    Raises:
        ConfigurationError: this is no generated function, or it is told to do two things at once.
        ArgumentError: what is to come back does not fit the node's ports. Where that cannot be told before, the call
            raises it.
    """
    remote, streams = remote_of(function)
    said = [
        name
        for name, given in (("returns", returns is not _UNSAID), ("yields", yields is not None))
        if given and (side_effect is not None or (name == "yields") is not streams or (raises and not streams))
    ]
    if said:
        kind = "generator, which yields" if streams else "function, which returns once"
        raise ConfigurationError(f"fake of {remote.title}: {said[0]}= does not go with the rest; it is a {kind}")
    if side_effect is not None and raises is not None:
        raise ConfigurationError(f"fake of {remote.title}: say raises= or side_effect=, not both")
    behaviour = Behaviour(None if returns is _UNSAID else returns, yields, raises, side_effect)
    made = Fake(remote, behaviour, streams=streams, everywhere=everywhere)
    made.check()
    return made


def _cancelled(call: Call) -> None:
    call.cancelled = True


def _comes_async(given: Any) -> TypeGuard[AsyncIterable[Any]]:
    return isinstance(given, AsyncIterable)


def _is_failure(item: Any) -> bool:
    return isinstance(item, BaseException) or (isinstance(item, type) and issubclass(item, BaseException))


def _unless_failure(item: Any) -> Any:
    if _is_failure(item):
        raise item
    return item
