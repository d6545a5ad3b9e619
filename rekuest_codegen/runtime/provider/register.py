"""Registering functions and what they need, and running them as an agent.

Nothing here changes what it decorates: it notes that it is to be provided. What a function is on the wire is read from
its source when the app runs, by the scanner, which is the only way from a signature to a definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload
from weakref import WeakSet

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.provider import serving
from rekuest_codegen.runtime.provider.parts import Held, Parts

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials
    from rekuest_codegen.runtime.provider.agent import Agent

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type[Any])


class _Declaring:
    """The decorators, over the parts they fill."""

    def __init__(self) -> None:
        self._parts = Parts()

    @overload
    def register(self, function: F, /) -> F: ...
    @overload
    def register(self, /, **options: Any) -> Callable[[F], F]: ...
    def register(self, function: F | None = None, /, **options: Any) -> F | Callable[[F], F]:
        """Provide a function: ``@app.register`` or ``@app.register(name="Threshold")``.

        The options are those of the scanner (name, key, interface, description, version, collections, …), and how it
        is run: ``locks=["stage"]``, ``concurrency=1``, ``effects=Effects.NONE``, ``process=True``. They are read from
        the source, like the signature; one that says how to run and cannot be read there keeps the app from running,
        one that other packages act on and this one does not is warned of.
        """
        given = self._parts.options

        def note(decorated: F) -> F:
            self._parts.functions.append(decorated)
            if options:
                given.append((decorated, options))
            return decorated

        return note if function is None else note(function)

    @overload
    def state(self, cls: C, /) -> C: ...
    @overload
    def state(self, /, *, name: str | None = None, required_locks: Sequence[str] = ()) -> Callable[[C], C]: ...
    def state(
        self, cls: C | None = None, /, *, name: str | None = None, required_locks: Sequence[str] = ()
    ) -> C | Callable[[C], C]:
        """A class of which the agent has one object, handed to every function with a parameter of it.

        Changes of its annotated fields are published while they happen. ``required_locks`` are held by the functions
        it is handed to.
        """
        return _hold(self._parts.states, cls, name, required_locks)

    @overload
    def context(self, cls: C, /) -> C: ...
    @overload
    def context(self, /, *, name: str | None = None, locks: Sequence[str] = ()) -> Callable[[C], C]: ...
    def context(
        self, cls: C | None = None, /, *, name: str | None = None, locks: Sequence[str] = ()
    ) -> C | Callable[[C], C]:
        """As `state`, for what nobody else sees: an opened device, a loaded model."""
        return _hold(self._parts.contexts, cls, name, locks)

    @overload
    def service(self, function: F, /) -> F: ...
    @overload
    def service(self, /) -> Callable[[F], F]: ...
    def service(self, function: F | None = None, /) -> F | Callable[[F], F]:
        """A function that makes what is handed in for its return type, once. A generator cleans up after its yield."""
        return _note(self._parts.services, function)

    @overload
    def startup(self, function: F, /) -> F: ...
    @overload
    def startup(self, /) -> Callable[[F], F]: ...
    def startup(self, function: F | None = None, /) -> F | Callable[[F], F]:
        """Run before anything is provided. What it returns are the states and contexts to begin with."""
        return _note(self._parts.startups, function)

    @overload
    def shutdown(self, function: F, /) -> F: ...
    @overload
    def shutdown(self, /) -> Callable[[F], F]: ...
    def shutdown(self, function: F | None = None, /) -> F | Callable[[F], F]:
        """Run when the agent stops, after its last task."""
        return _note(self._parts.shutdowns, function)

    @overload
    def background(self, function: F, /) -> F: ...
    @overload
    def background(self, /) -> Callable[[F], F]: ...
    def background(self, function: F | None = None, /) -> F | Callable[[F], F]:
        """Run beside the tasks, from the start of the agent to its end."""
        return _note(self._parts.backgrounds, function)


class App(_Declaring):
    """A named set of registered functions. The name is the app's identifier at the server.

    ``concurrency`` bounds how many tasks run at a time. ``logs`` forwards what the functions log, from this level on,
    to their tasks' callers; ``bars`` forwards their tqdm bars as progress.
    """

    def __init__(
        self,
        name: str,
        *,
        url: str | None = None,
        token: Credentials | None = None,
        concurrency: int | None = None,
        logs: int | str | None = None,
        bars: bool = False,
    ) -> None:
        super().__init__()
        if not name.strip():
            raise ConfigurationError("an app needs a name: easy('my_app')")
        if concurrency is not None and concurrency < 1:
            raise ConfigurationError(f"{name}: concurrency {concurrency}: expected a number above 0, or None")
        _apps.add(self)
        self.name = name
        self._url = url
        self._token = token
        self._concurrency = concurrency
        self._logs = logs
        self._bars = bars

    @property
    def rekuest(self) -> Self:
        """This app: ``app.rekuest.register()`` and ``app.rekuest.run()`` read as in rekuest's own examples."""
        return self

    @property
    def parts(self) -> Parts:
        """Everything declared: this app's, and what was declared with no app."""
        return self._parts.with_(_without_app.parts_here())

    @property
    def own_functions(self) -> tuple[Callable[..., Any], ...]:
        """What is registered with this app."""
        return tuple(self._parts.functions)

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """What is registered: this app's functions, and those registered with the plain `register`."""
        return tuple(self.parts.functions)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def run(self, *, drain: float = serving.DRAIN) -> None:
        """Provide until SIGINT or SIGTERM. What keeps it from running is printed, exit code 2.

        At the signal no more tasks are begun; those that run have ``drain`` seconds to end, a second signal cuts that
        short. In a module that ``rekuest-codegen run`` is importing this returns at once: the command serves the app
        when the import is done.
        """
        serving.run_apps([self], drain=drain)

    async def arun(
        self,
        *,
        url: str | None = None,
        token: Credentials | None = None,
        journal: Path | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> None:
        """Provide until cancelled. ``on_ready`` is called each time the server has taken us in.

        ``url`` and ``token`` take the place of the app's own. ``journal`` is the file in which ends that a server has
        not acknowledged outlive this process.

        Raises:
            DefinitionError: a registered function has no definition. ArgumentError: what a state is at the start does
                not fit its fields, or is too large to be told. AccessDenied, ConfigurationError, Unreachable: before
                the first connection; a connection lost later is restored for as long as it takes.
        """
        await self.agent(url=url, token=token, journal=journal).serve(on_ready=on_ready)

    def journal(self, url: str | None = None, token: Credentials | None = None) -> Path | None:
        """Where `run` keeps this app's journal; None when there is to be none."""
        from rekuest_codegen.runtime.provider.journal import journal_path

        place, _ = context.settings(url or self._url, token or self._token)
        return journal_path(self.name, place)

    def agent(self, *, url: str | None = None, token: Credentials | None = None, journal: Path | None = None) -> Agent:
        """The agent that `arun` serves, for who wants to end it in their own way.

        Raises:
            DefinitionError, ConfigurationError: as `arun`.
        """
        serving.refuse_while_postponed(self)
        from rekuest_codegen.runtime.provider.agent import Agent
        from rekuest_codegen.runtime.provider.forwarding import forward
        from rekuest_codegen.runtime.provider.sources import provision

        place, auth = context.settings(url or self._url, token or self._token)
        parts = self.parts
        provided = provision(self.name, parts)
        forward(self.name, logs=self._logs, bars=self._bars)
        return Agent(place, auth, self.name, provided, parts=parts, concurrency=self._concurrency, journal=journal)


class _WithoutApp(_Declaring):
    """What is declared with no app belongs to every app of the process."""

    def parts_here(self) -> Parts:
        return self._parts


def easy(name: str, url: str | None = None, token: Credentials | None = None, **options: Any) -> App:
    """An app. Address and token come from the arguments, else from ``REKUEST_URL`` and ``REKUEST_TOKEN``.

    ``options`` are those of `App`.
    """
    return App(name, url=url, token=token, **options)


def apps() -> list[App]:
    """Every app of this process."""
    return list(_apps)


def without_app() -> tuple[Callable[..., Any], ...]:
    """What is registered with no app."""
    return tuple(_without_app.parts_here().functions)


_apps: WeakSet[App] = WeakSet()
_without_app = _WithoutApp()
register = _without_app.register
state = _without_app.state
service = _without_app.service
startup = _without_app.startup
shutdown = _without_app.shutdown
background = _without_app.background


def _note(functions: list[Callable[..., Any]], function: F | None) -> F | Callable[[F], F]:
    def note(decorated: F) -> F:
        functions.append(decorated)
        return decorated

    return note if function is None else note(function)


def _hold(held: list[Held], cls: C | None, name: str | None, locks: Sequence[str]) -> C | Callable[[C], C]:
    def note(decorated: C) -> C:
        held.append(Held(decorated, name or decorated.__name__, tuple(locks)))
        return decorated

    return note if cls is None else note(cls)
