"""Tokens that somebody else issues: JSON Web Tokens, verified by the keys that the issuer publishes.

Signature, issuer, audience and times are checked; what is in a token is believed for nothing else but who it is of.
The keys are read when the server starts, every few minutes while tokens come in, and when a token names a key that is
not among them; reading never holds up who asks. Verification itself is joserfc's.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from rekuest_codegen.errors import ConfigurationError, MissingExtraError, RekuestError
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.issuers import exchange, published, safe_address

logger = logging.getLogger("rekuest_codegen.server")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by keys that are published: nothing that a public key could forge, and never none."""
KEYS_FOR = 300.0
"""Seconds after which the keys are read anew."""
AGAIN_AFTER = 5.0
"""Seconds between two readings, whatever tokens ask for them."""
LEEWAY = 5
"""Seconds by which clocks may differ."""
MAX_TOKEN = 16 * 1024


class Issued:
    """The tokens of ``issuer`` that are meant for ``audience``."""

    def __init__(self, issuer: str, audience: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Reads the keys.

        Raises:
            ConfigurationError: there is no issuer. TransportError, ProtocolError. MissingExtraError.
        """
        if importlib.util.find_spec("joserfc") is None:
            raise MissingExtraError("tokens of an issuer", "auth")
        if not audience:
            raise ConfigurationError("an issuer needs an audience: which of its tokens are meant for this server?")
        self._issuer = safe_address(issuer.rstrip("/"), "issuer")
        self._audience = audience
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._keys: Any = None
        failures: list[RekuestError] = []
        thread = self._reader(failures)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]

    def identity(self, token: object) -> str | None:
        """Whose token this is: a text that no other issuer, client or user has."""
        if not isinstance(token, str) or token.count(".") != 2 or len(token) > MAX_TOKEN:
            return None
        from joserfc import errors, jwt

        if self._clock() - self._read_at > KEYS_FOR:
            self._read_again()
        try:
            claims = jwt.decode(token, self._keys, algorithms=list(ALGORITHMS)).claims
            registry = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
                aud={"essential": True, "value": self._audience},
                sub={"essential": True},
                exp={"essential": True},
            )
            registry.validate(claims)
        except (errors.InvalidKeyIdError, errors.MissingKeyError):
            self._read_again()
            return None
        except (errors.JoseError, ValueError, TypeError, KeyError, RecursionError):
            return None
        subject = claims["sub"]
        client = claims.get("client_id", claims.get("azp", ""))
        if not isinstance(subject, str) or not subject or not isinstance(client, str):
            return None
        return json.dumps([self._issuer, client, subject])

    def _read_again(self) -> None:
        """Begin to read the keys, unless that was begun a moment ago."""
        with self._lock:
            if self._clock() - self._read_at < AGAIN_AFTER:
                return
            self._read_at = self._clock()
        self._reader([]).start()

    def _reader(self, failures: list[RekuestError]) -> threading.Thread:
        """Reads the keys, on a loop of its own: whoever wants them read may be in one."""

        def read() -> None:
            try:
                self._keys = asyncio.run(self._read())
                self._read_at = self._clock()
            except RekuestError as error:
                logger.warning("the keys that tokens are signed with could not be read: %s", error)
                failures.append(error)

        return threading.Thread(target=read, name="rekuest-codegen keys", daemon=True)

    async def _read(self) -> Any:
        from joserfc import errors
        from joserfc.jwk import KeySet

        address = (await published(self._issuer)).get("jwks_uri")
        if address is None:
            raise ConfigurationError(f"{self._issuer}: this issuer publishes no keys (jwks_uri)")
        status, found = await exchange("GET", safe_address(address, "jwks_uri"), {}, None)
        try:
            if status != 200 or not is_object(found):
                raise ValueError(f"HTTP {status}")
            keys: Any = found.get("keys", [])
            return KeySet.import_key_set({"keys": [key for key in keys if _is_usable(key)]})
        except (errors.JoseError, ValueError, TypeError, KeyError) as error:
            raise ConfigurationError(f"{address}: no keys that can be read ({error})") from None


def _is_usable(key: object) -> bool:
    """Whether ``key`` verifies signatures, and is of a kind that is published."""
    return is_object(key) and key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")
