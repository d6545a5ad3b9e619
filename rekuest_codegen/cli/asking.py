"""What commands that ask a server have in common: which one, with which token, and how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rekuest_codegen.errors import ConfigurationError

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
    help="Seconds to wait for an answer.",
)


def server_options(command: F) -> F:
    """``--url``, ``--token``, ``--timeout`` and ``--json``."""
    for add in (
        click.option("--json", "as_json", is_flag=True, help="Print it as JSON."),
        timeout_option,
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
    if not given["url"]:
        raise ConfigurationError("no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)")
    from rekuest_codegen.runtime.auth import told_auth

    return Asked(given["url"], told_auth(given["token"]), given["timeout"])
