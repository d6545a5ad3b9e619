"""Where tokens come from: a fixed one, a function, an `httpx.Auth`, OAuth2.

``connect(url, auth=...)`` takes any of them; `auth_of` makes each an `Auth`, which gives a token whenever a connection
opens and another one when that was refused. Light: authlib and httpx are imported when the first token is asked for.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from rekuest_codegen.errors import ConfigurationError, RekuestError, Unreachable
from rekuest_codegen.lazy import lazy
from rekuest_codegen.runtime.auth.renewal import ASK_EVERY, Grant, Renewal
from rekuest_codegen.wire.auth import Auth, Fixed, checked
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

    from rekuest_codegen.runtime.auth.oauth import client_credentials, device_flow
    from rekuest_codegen.runtime.auth.settings import auth_from_environment, told_auth

_PLACES = {
    "auth_from_environment": "settings",
    "client_credentials": "oauth",
    "device_flow": "oauth",
    "told_auth": "settings",
}

__all__ = [
    "Auth",
    "Credentials",
    "auth_from_environment",
    "auth_of",
    "client_credentials",
    "device_flow",
    "told_auth",
]

Credentials: TypeAlias = "str | Auth | Callable[[], str | Awaitable[str]] | httpx.Auth"
"""Everything that tokens may be asked of."""


def auth_of(given: Credentials, endpoint: Endpoint) -> Auth:
    """What gives the tokens for ``endpoint``.

    Raises:
        ConfigurationError: ``given`` is nothing that gives tokens, or is a token that cannot be one.
    """
    if isinstance(given, str):
        return Fixed(given)
    if isinstance(given, Auth):
        return given
    if "httpx" in sys.modules:  # whoever holds an httpx.Auth has imported it
        from rekuest_codegen.runtime.auth.flows import FromHttpx, is_flow

        if is_flow(given):
            return FromHttpx(given, endpoint.graphql)
    if callable(given):
        return Called(given)
    raise ConfigurationError(
        f"auth: {type(given).__name__} gives no tokens; expected a token, a function that returns one, an httpx.Auth, "
        "client_credentials(...) or device_flow(...)"
    )


class Called:
    """Asks a function, sync or async, once a minute while tokens are needed, and whenever one was refused."""

    def __init__(self, function: Callable[[], str | Awaitable[str]]) -> None:
        self._function = function
        self._renewal = Renewal(self._ask)

    async def token(self, *, refused: str | None = None) -> str:
        return await self._renewal.token(refused)

    async def _ask(self, last: Grant | None, refused: bool) -> Grant:
        function = self._function
        try:
            given = function() if inspect.iscoroutinefunction(function) else await asyncio.to_thread(function)
            token = await given if inspect.isawaitable(given) else given
        except RekuestError:
            raise
        except Exception as error:
            raise Unreachable(f"no token: {self!r} raised {type(error).__name__}: {error}") from error
        return Grant(checked(token), ASK_EVERY)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Called) and self._function == other._function

    def __hash__(self) -> int:
        return hash(self._function)

    def __repr__(self) -> str:
        return f"Called({getattr(self._function, '__qualname__', type(self._function).__name__)})"


__getattr__ = lazy(__name__, _PLACES)
