"""What commands that ask a server have in common: which one, with which token, and how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from rekuest_codegen.cli.completion import complete_profiles
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    from rekuest_codegen.wire.auth import Auth

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asked:
    """A server, what gives the tokens it knows us by, and the seconds to wait for each of its answers."""

    url: str
    token: Auth
    timeout: float


timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds to wait for each answer of the server.",
)

profile_option = click.option(
    "--profile",
    envvar="REKUEST_PROFILE",
    shell_complete=complete_profiles,
    help="Server and token by name, from the file of profiles.  [env: REKUEST_PROFILE]",
)


def server_options(command: F) -> F:
    """``--url``, ``--token``, ``--profile``, ``--timeout`` and ``--json``."""
    for add in (
        click.option("--json", "as_json", is_flag=True, help="Print it as JSON."),
        timeout_option,
        profile_option,
        click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]"),
        click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]"),
    ):
        command = add(command)
    return command


def asked_of(given: Mapping[str, Any]) -> Asked:
    """The server that the options ``given`` name.

    Raises:
        ConfigurationError: they name none, or no token.
    """
    from rekuest_codegen.runtime.auth import auth_of, told_auth

    url, token, profile = given["url"], given["token"], given["profile"]
    if profile and (_is_said("profile") or not url):
        from rekuest_codegen.runtime.profiles import read_profile

        named = read_profile(profile)
        url = url if _is_said("url") else named.url
        if named.auth is not None and not _is_said("token"):
            return Asked(url, auth_of(named.auth, Endpoint.parse(url)), given["timeout"])
    if not url:
        raise ConfigurationError("no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)")
    return Asked(url, told_auth(token), given["timeout"])


def _is_said(name: str) -> bool:
    """Whether an option was given, and does not come from the environment."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE
