"""Who is who: every token is an identity, and there is no way in without one.

One development token, or a file of them (``name = "token"`` lines, TOML): each name is an identity of its own. Beside
or instead of these, the tokens of an issuer may be let in.
"""

from __future__ import annotations

import hmac
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.issued import Issued

DEVELOPER = "developer"
"""The identity of the one development token."""


def new_token() -> str:
    """A token nobody can guess."""
    return secrets.token_urlsafe(32)


class Tokens:
    """The tokens that are let in."""

    def __init__(self, tokens: Mapping[str, str], *, issued: Issued | None = None) -> None:
        """``tokens``: identity to token; ``issued`` knows the tokens of an issuer.

        Raises:
            ConfigurationError: there is none, one is empty, or two identities share one.
        """
        self._issued = issued
        if not tokens and issued is None:
            raise ConfigurationError("tokens: at least one is needed; there is no way in without")
        for name, token in tokens.items():
            if not token.strip() or not token.isprintable() or token != token.strip():
                raise ConfigurationError(f"token of {name!r}: expected printable text without spaces around it")
        if len(set(tokens.values())) < len(tokens):
            raise ConfigurationError("tokens: two identities have the same token; every one needs its own")
        self._tokens = {name: token.encode() for name, token in tokens.items()}

    @classmethod
    def read(cls, path: Path, *, issued: Issued | None = None) -> Tokens:
        """Read a token file.

        Raises:
            ConfigurationError: it is not there, or not what it should be.
        """
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ConfigurationError(f"token file {path}: {error.strerror or error}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"token file {path}: not TOML: {error}") from None
        tokens: dict[str, str] = {}
        for name, token in given.items():
            if not isinstance(token, str):
                raise ConfigurationError(f'token file {path}: {name}: expected {name} = "token"')
            tokens[name] = token
        try:
            return cls(tokens, issued=issued)
        except ConfigurationError as error:
            raise ConfigurationError(f"token file {path}: {error}") from None

    def identity(self, token: object) -> str | None:
        """Whose token this is. Takes the same time whichever token it is not."""
        given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        found: str | None = None
        for name, known in self._tokens.items():
            if hmac.compare_digest(known, given):
                found = name
        return found if found is not None or self._issued is None else self._issued.identity(token)

    def bearer(self, header: str | None) -> str | None:
        """Whose the token in an ``Authorization: Bearer`` header is."""
        scheme, _, token = (header or "").partition(" ")
        return self.identity(token.strip()) if scheme.lower() == "bearer" else None
