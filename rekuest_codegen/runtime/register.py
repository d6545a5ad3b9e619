"""Registering functions, and running them as an agent.

`register` changes nothing about a function: it notes that it is to be provided. What the function is on the wire is
read from its source when the app runs, by the scanner, which is the only way from a signature to a definition.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context, serving

F = TypeVar("F", bound=Callable[..., Any])


class App:
    """A named set of registered functions. The name is the app's identifier at the server."""

    def __init__(self, name: str, *, url: str | None = None, token: str | None = None) -> None:
        if not name.strip():
            raise ConfigurationError("an app needs a name: easy('my_app')")
        self.name = name
        self._url = url
        self._token = token
        self._functions: list[Callable[..., Any]] = []

    @property
    def rekuest(self) -> Self:
        """This app: ``app.rekuest.register()`` and ``app.rekuest.run()`` read as in rekuest's own examples."""
        return self

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """What is registered: this app's functions, and those registered with the plain `register`."""
        return (*self._functions, *_without_app)

    @overload
    def register(self, function: F, /) -> F: ...
    @overload
    def register(self, /, **options: Any) -> Callable[[F], F]: ...
    def register(self, function: F | None = None, /, **options: Any) -> F | Callable[[F], F]:
        """Provide a function: ``@app.register`` or ``@app.register(name="Threshold")``.

        The options are those of the scanner (name, key, interface, description, version, collections, …); they are
        read from the source, like the signature.
        """
        return _note(self._functions, function)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def run(self) -> None:
        """Provide until SIGINT or SIGTERM. What keeps it from running is printed, exit code 2.

        In a module that ``rekuest-codegen run`` is importing this returns at once: the command serves the app when
        the import is done.
        """
        serving.run_apps([self])

    async def arun(
        self, *, url: str | None = None, token: str | None = None, on_ready: Callable[[], None] | None = None
    ) -> None:
        """Provide until cancelled. ``on_ready`` is called each time the server has taken us in.

        ``url`` and ``token`` take the place of the app's own.

        Raises:
            DefinitionError: a registered function has no definition. AccessDenied, ConfigurationError, Unreachable:
            before the first connection; a connection lost later is restored for as long as it takes.
        """
        serving.refuse_while_postponed(self)
        from rekuest_codegen.runtime.agent import Agent
        from rekuest_codegen.runtime.sources import provided_by

        url, token = context.settings(url or self._url, token or self._token)
        agent = Agent(url, token, self.name, provided_by(self.name, self.functions))
        await agent.serve(on_ready=on_ready)


def easy(name: str, url: str | None = None, token: str | None = None) -> App:
    """An app. Address and token come from the arguments, else from ``REKUEST_URL`` and ``REKUEST_TOKEN``."""
    return App(name, url=url, token=token)


_without_app: list[Callable[..., Any]] = []


@overload
def register(function: F, /) -> F: ...
@overload
def register(**options: Any) -> Callable[[F], F]: ...
def register(function: F | None = None, /, **options: Any) -> F | Callable[[F], F]:
    """Provide a function with whatever app this process runs; otherwise as `App.register`."""
    return _note(_without_app, function)


def _note(functions: list[Callable[..., Any]], function: F | None) -> F | Callable[[F], F]:
    def note(decorated: F) -> F:
        functions.append(decorated)
        return decorated

    return note if function is None else note(function)
