"""Where tokens come from: a fixed one, a function, an `httpx.Auth`, OAuth2.

``connect(url, auth=...)`` takes any of them; `auth_of` makes each an `Auth`, which gives a token whenever a connection
opens and another one when that was refused. Light: authlib and httpx are imported when the first token is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.lazy import lazy
from rekuest_codegen.wire.auth import Auth, Fixed
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
        from rekuest_codegen.runtime.auth.called import Called

        return Called(given)
    raise ConfigurationError(
        f"auth: {type(given).__name__} gives no tokens; expected a token, a function that returns one, an httpx.Auth, "
        "client_credentials(...) or device_flow(...)"
    )


__getattr__ = lazy(__name__, _PLACES)
