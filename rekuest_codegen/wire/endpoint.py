"""Where a server is: one address given by the user, three URLs derived from it."""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rekuest_codegen.errors import ConfigurationError


class Endpoint(NamedTuple):
    """A server's address, ``http(s)://host[:port][/prefix]``; GraphQL and agents hang below it."""

    base: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Read what a user gave: the base address, or the address of its ``/graphql``.

        Raises:
            ConfigurationError: it is no http or https address with a host, or it carries credentials.
        """
        given: Any = url  # whatever a user gave
        if not isinstance(given, str):
            raise ConfigurationError(f"server address {given!r}: expected something like http://127.0.0.1:8000")
        if "@" in url:
            # Refused before anything else is, as every other refusal shows what it was given.
            raise ConfigurationError("server address with an '@': leave credentials out, give the token apart")
        try:
            parts = urlsplit(url.strip())
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise ConfigurationError(f"server address {url!r}: {error}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise ConfigurationError(f"server address {url!r}: expected something like http://127.0.0.1:8000")
        path = parts.path.rstrip("/").removesuffix("/graphql").rstrip("/")
        return cls(f"{parts.scheme}://{parts.netloc}{path}")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        host = urlsplit(self.base).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def graphql(self) -> str:
        return f"{self.base}/graphql"

    @property
    def graphql_ws(self) -> str:
        return f"{self._socket_base}/graphql"

    @property
    def agi(self) -> str:
        return f"{self._socket_base}/agi"

    @property
    def _socket_base(self) -> str:
        return "ws" + self.base.removeprefix("http")
