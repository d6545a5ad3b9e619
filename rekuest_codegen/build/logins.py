"""Which server the nodes of a target come from, and what gives the tokens for it.

The address is that of the command line, else of the environment, else of the target. A token belongs to a server: one
that a target names goes to the server of this target and to no other, and one that no target names goes to one server
in a run. Who asks several says whose each token is.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Target
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    from rekuest_codegen.wire.auth import Auth


class Said(NamedTuple):
    """What was said of a server besides a target; ``by_hand`` has the names of what is on the command line, where the
    rest comes from the environment."""

    url: str | None = None
    token: str | None = None
    profile: str | None = None
    by_hand: Collection[str] = ()

    @classmethod
    def from_environment(cls) -> Said:
        """What the environment says."""
        url, token, profile = (os.environ.get(f"REKUEST_{name}") or None for name in ("URL", "TOKEN", "PROFILE"))
        return cls(url, token, profile)


class Login(NamedTuple):
    """The address of a server, and what gives the tokens for it."""

    url: str
    auth: Auth


class _Found(NamedTuple):
    url: str
    auth: Auth | None


def logins(targets: Sequence[Target], said: Said) -> list[Login | None]:
    """The login for each of ``targets``; None for those that are read from source code.

    Raises:
        ConfigurationError: it is not said where a server is, or with which token; a profile cannot be read; or one
        token would go to several servers.
        MissingExtraError: tokens come from an issuer, and the extra ``auth`` is not installed.
    """
    from rekuest_codegen.runtime.auth import told_auth

    found = [_found(target, said) if target.source is None else None for target in targets]
    without = {Endpoint.parse(one.url).base: one.url for one in found if one is not None and one.auth is None}
    if len(without) > 1:
        raise ConfigurationError(
            f"one token for {len(without)} servers ({', '.join(sorted(without))}): a token is sent to the server it is "
            "for only; name a profile or a token-variable in each target, or pull them one by one"
        )
    common = told_auth(said.token) if without else None
    return [Login(one.url, auth) if one and (auth := one.auth or common) else None for one in found]


def _found(target: Target, said: Said) -> _Found:
    """The address, and what gives its tokens, as far as that is said of this server alone."""
    found = _elsewhere(said)
    if found is None:
        if target.profile is not None:
            found = _profile(target.profile)
        elif target.url:
            found = _Found(target.url, None)
        else:
            raise ConfigurationError("no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)")
    if "token" in said.by_hand:
        return found._replace(auth=None)
    if found.auth is None and target.token_variable is not None and _is_its_own(target, found.url):
        return found._replace(auth=_in_variable(target, target.token_variable, found.url))
    return found


def _elsewhere(said: Said) -> _Found | None:
    """The server that is said besides the target."""
    if said.profile and ("profile" in said.by_hand or not said.url):
        return _profile(said.profile, said.url if "url" in said.by_hand else None)
    return _Found(said.url, None) if said.url else None


def _is_its_own(target: Target, url: str) -> bool:
    """Whether the server at ``url`` is the one that the token of ``target`` is for."""
    return not target.url or Endpoint.parse(target.url) == Endpoint.parse(url)


def _in_variable(target: Target, variable: str, url: str) -> Auth:
    from rekuest_codegen.runtime.auth import auth_of

    token = os.environ.get(variable)
    if not token:
        raise ConfigurationError(f"target {target.name!r}: token-variable: {variable} is not set")
    return auth_of(token, Endpoint.parse(url))


def _profile(name: str, url: str | None = None) -> _Found:
    """What the profile ``name`` says, with ``url`` in place of its own."""
    from rekuest_codegen.runtime.auth import auth_of
    from rekuest_codegen.runtime.profiles import read_profile

    named = read_profile(name)
    place = url or named.url
    return _Found(place, None if named.auth is None else auth_of(named.auth, Endpoint.parse(place)))
