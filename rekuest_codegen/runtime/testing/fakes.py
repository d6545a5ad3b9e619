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
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, TypeGuard, TypeVar, cast, overload

from rekuest_codegen.errors import ArgumentError, ConfigurationError, RekuestError
from rekuest_codegen.runtime.caller.stubs import remote_of
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.testing.behaviour import UNSAID, Behaviour, Failure, Items, is_failure
from rekuest_codegen.runtime.testing.hearing import Hearing
from rekuest_codegen.runtime.testing.replay import Replay
from rekuest_codegen.runtime.testing.standing import Standing
from rekuest_codegen.runtime.testing.stubs import at_once, plain_types
from rekuest_codegen.runtime.values import expand_all, returned, shrink_all, values_walk
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.raised import tell

NAME = "rekuest-codegen fake"
_END = object()
F = TypeVar("F", bound=Callable[..., Any])


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


class Fake(Standing):
    """Stands in for one node in a ``with`` block, or in each call of a function that it decorates. ``calls`` has its
    calls in order."""

    def __init__(self, remote: Remote[Any], behaviour: Behaviour, *, streams: bool, everywhere: bool) -> None:
        super().__init__(everywhere=everywhere)
        self.remote = remote
        self.calls: list[Call] = []
        self._behaviour = behaviour
        self._streams = streams
        self._threads = DaemonThreads(NAME)

    def __call__(self, function: F) -> F:
        """``@fake(threshold, returns=mask)`` over a function, sync or async: while that runs, the fake stands in."""
        if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function) or isinstance(function, type):
            raise ConfigurationError(f"{self!r}: decorates functions; write with fake(...) in what this is")
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: Any, **keywords: Any) -> Any:
                with self.again():
                    return await function(*args, **keywords)

            return cast("F", awaited)

        @wraps(function)
        def called(*args: Any, **keywords: Any) -> Any:
            with self.again():
                return function(*args, **keywords)

        return cast("F", called)

    def __repr__(self) -> str:
        return f"fake of {self.remote.title}"

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if not self.active:
            self._threads.shutdown()
            self._threads = DaemonThreads(NAME)  # for the next time

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
        hearing = Hearing(str(len(self.calls)), self.remote.key)

        def on_cancel() -> None:
            call.cancelled = True
            hearing.control.cancel()

        return Replay(self.remote.title, str(len(self.calls)), self._events(call, hearing), on_cancel=on_cancel)

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
            ConfigurationError: it goes together with nothing, or is none of what it has to be.
            ArgumentError: it does not fit the node's ports.
        """
        self._behaviour.check(self.remote, streams=self._streams)
        if len(plain_types(self.remote.types)) < len(self.remote.types):
            return  # a structure of the user's own shrinks when it is returned, and not before
        behaviour = self._behaviour
        for item in behaviour.known_items():
            at_once(self._shrunk(item))
        if not self._streams and behaviour.raises is UNSAID and behaviour.side_effect is UNSAID:
            at_once(self._shrunk(self._returned()))

    def _returned(self) -> Any:
        return None if self._behaviour.returns is UNSAID else self._behaviour.returns

    async def _events(self, call: Call, hearing: Hearing) -> AsyncGenerator[Event]:
        numbers = itertools.count(1)
        try:
            async with aclosing(self._items(call)) as items, aclosing(hearing.beside(items)) as heard:
                async for said, item in heard:
                    if said is None:
                        yield Event(next(numbers), "YIELD", returns=await self._shrunk(item))
                    else:
                        kind, fields = said
                        yield Event(next(numbers), kind, message=fields.get("message"), progress=fields.get("progress"))
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
        if behaviour.side_effect is not UNSAID:
            given = await self._call(behaviour.side_effect, call.arguments)
            if self._streams and given is not None and not isinstance(given, Iterable | AsyncIterable):
                raise ConfigurationError(
                    f"{self!r}: side_effect= gave {type(given).__name__}, and a generator yields: give items"
                )
        else:
            given = behaviour.items() if self._streams else self._returned()
        if self._streams and given is not None:
            async with aclosing(self._each(given)) as items:
                async for item in items:
                    yield _unless_failure(item)
        elif not self._streams and behaviour.raises is UNSAID:
            yield given
        if behaviour.raises is not UNSAID:
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


# Of what comes back a type checker is told the kind only. One type variable for a function and a value is solved from
# both: pyright widens it until both fit, mypy takes the value's and refuses the function.
@overload
def fake(
    function: Callable[..., Iterator[Any] | AsyncIterator[Any]],
    *,
    yields: Items,
    raises: Failure = ...,
    everywhere: bool = False,
) -> Fake: ...
@overload
def fake(function: Callable[..., Any], *, returns: Any, everywhere: bool = False) -> Fake: ...
@overload
def fake(function: Callable[..., Any], *, raises: Failure, everywhere: bool = False) -> Fake: ...
@overload
def fake(function: Callable[..., Any], *, side_effect: Callable[..., Any], everywhere: bool = False) -> Fake: ...
@overload
def fake(function: Callable[..., Any], *, everywhere: bool = False) -> Fake: ...
def fake(
    function: Callable[..., Any],
    *,
    returns: Any = UNSAID,
    yields: Any = UNSAID,
    raises: Any = UNSAID,
    side_effect: Any = UNSAID,
    everywhere: bool = False,
) -> Fake:
    """Stand in for a generated function: ``with fake(threshold, returns=mask) as faked: ...``.

    Both of its forms are faked, whichever of them is given, for calls made in the block, and in tasks and threads
    that carry its context.

    Args:
        function: the generated function, sync or async.
        returns: what every call returns; a tuple where the node has several values.
        yields: what every call of a generator yields; an exception among the items is raised in its turn. An iterator
            is for one call.
        raises: an exception, or a class of one; after all that is yielded. An error of ``rekuest_codegen.errors``
            reaches the caller as it is, any other as the NodeError it would be if the node's function had raised it.
        side_effect: called with the arguments by name, sync or async; returns or yields what the call does. `progress`
            and `log` in it arrive at the caller.
        everywhere: in all threads and tasks of the process.

    Raises:
        ConfigurationError: this is no generated function, or it is told to do two things at once, or what no fake can.
        ArgumentError: what is to come back does not fit the node's ports. Where that cannot be told before, the call
            raises it.
    """
    remote, streams = remote_of(function)
    behaviour = Behaviour(returns, yields, raises, side_effect)
    made = Fake(remote, behaviour, streams=streams, everywhere=everywhere)
    made.check()
    return made


def _comes_async(given: Any) -> TypeGuard[AsyncIterable[Any]]:
    return isinstance(given, AsyncIterable)


def _unless_failure(item: Any) -> Any:
    if is_failure(item):
        raise item
    return item
