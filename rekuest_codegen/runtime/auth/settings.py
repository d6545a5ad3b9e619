"""Where tokens come from when nobody said so in the program: the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.wire.auth import Auth, Fixed

VARIABLES = ("REKUEST_TOKEN", "REKUEST_ISSUER", "REKUEST_CLIENT_ID", "REKUEST_CLIENT_SECRET")


def auth_from_environment(environment: Mapping[str, str] = os.environ) -> Auth | None:
    """``REKUEST_TOKEN``, or client credentials from ``REKUEST_ISSUER``, ``REKUEST_CLIENT_ID``,
    ``REKUEST_CLIENT_SECRET`` and, if need be, ``REKUEST_SCOPE`` and ``REKUEST_AUDIENCE``. None when nothing is set.

    Without a secret it is the device flow, with its token kept between runs.

    Raises:
        ConfigurationError: an issuer without a client. MissingExtraError: the extra ``auth`` is not installed.
    """
    if token := environment.get("REKUEST_TOKEN"):
        return Fixed(token)
    issuer = environment.get("REKUEST_ISSUER")
    if not issuer:
        return None
    client = environment.get("REKUEST_CLIENT_ID")
    if not client:
        raise ConfigurationError("REKUEST_ISSUER is set without REKUEST_CLIENT_ID: who are we to that issuer?")
    from rekuest_codegen.runtime.auth.oauth import client_credentials, device_flow

    scope, audience = environment.get("REKUEST_SCOPE"), environment.get("REKUEST_AUDIENCE")
    if secret := environment.get("REKUEST_CLIENT_SECRET"):
        return client_credentials(issuer, client, secret, scope=scope, audience=audience)
    return device_flow(issuer, client, scope=scope, audience=audience, cache=True)


def told_auth(token: str | None) -> Auth:
    """What a command was told by ``--token``, else by the environment.

    Raises:
        ConfigurationError: nothing was told. MissingExtraError: the extra ``auth`` is not installed.
    """
    auth = Fixed(token) if token else auth_from_environment()
    if auth is None:
        raise ConfigurationError("no token: give --token, or set REKUEST_TOKEN")
    return auth
