"""How everybody who talks to a server gets a token: one protocol, and the rule for a token that is refused.

A token may end at any time, so nobody keeps one: it is asked for when a connection opens, and once more, with the one
that was refused, when the server says no. Where tokens come from (OAuth2, a function, a file) is `runtime.auth`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, runtime_checkable

from rekuest_codegen.errors import AccessDenied, ConfigurationError, RekuestError
from rekuest_codegen.wire.faults import fault

T = TypeVar("T")


@runtime_checkable
class Auth(Protocol):
    """Gives tokens, from any thread and any event loop."""

    async def token(self, *, refused: str | None = None) -> str:
        """A token that is good now; another one than ``refused``, if there is another one.

        Raises:
            AccessDenied: whoever issues tokens refuses us. TransportError: they cannot be reached.
            ConfigurationError: what is configured cannot give a token.
        """
        ...


class Secret(str):
    """A token that shows itself to nobody: not in a repr, and so not among the local variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<a token>"


class Fixed:
    """One token, for as long as it is good."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        """Raises ConfigurationError: the token cannot be one."""
        self._token = checked(token)

    async def token(self, *, refused: str | None = None) -> str:
        return self._token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fixed) and str(self._token) == str(other._token)

    def __hash__(self) -> int:
        return hash(str(self._token))

    def __repr__(self) -> str:
        return "Fixed(<a token>)"


def checked(token: object) -> Secret:
    """``token`` without the white space around it.

    Raises:
        ConfigurationError: it is no text, or has characters that no token has; it is not repeated.
    """
    if not isinstance(token, str):
        raise ConfigurationError(f"the token is no text but {type(token).__name__}")
    stripped = token.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise ConfigurationError("the token is empty or has characters that no token has; was something else pasted?")
    return Secret(stripped)


async def token_of(auth: Auth, *, refused: str | None = None) -> Secret:
    """``auth.token(refused=refused)``, of an object that may be the user's own.

    Raises:
        As `Auth.token`, and nothing else.
    """
    try:
        return Secret(await auth.token(refused=refused))
    except RekuestError:
        raise
    except Exception as error:
        raise fault(repr(auth), error) from error


async def with_token(auth: Auth, attempt: Callable[[str], Awaitable[T]]) -> T:
    """``attempt(token)``, and once more with another token if the first one is refused and there is another one.

    Raises:
        AccessDenied: both were refused, or there is no other one. Whatever ``attempt`` raises.
    """
    token = await token_of(auth)
    try:
        return await attempt(token)
    except AccessDenied:
        fresh = await token_of(auth, refused=token)
        if fresh == token:
            raise
    return await attempt(fresh)
