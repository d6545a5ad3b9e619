"""Servers by name, in a file of the user's: ``connect(profile="lab")``, ``REKUEST_PROFILE=lab``, ``--profile lab``.

The file is TOML, one table a server. A file with a secret in it that others could read is refused: whoever reads it
can call in the user's name.
"""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project.table import suggestion
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.auth import checked

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials

MAX_FILE = 256 * 1024
KEYS = (
    *("url", "token", "token-file", "token-variable"),
    *("issuer", "client-id", "client-secret", "scope", "audience", "cache"),
)
SECRETS = ("token", "client-secret")
WAYS = ("token", "token-file", "token-variable", "issuer")


class Profile(NamedTuple):
    """A server's address, and what gives the tokens for it; None where the profile says nothing of that."""

    url: str
    auth: Credentials | None


def profiles_file() -> Path:
    """``REKUEST_PROFILES``, else ``rekuest-codegen/profiles.toml`` among the user's settings."""
    if said := os.environ.get("REKUEST_PROFILES"):
        return Path(said).expanduser()
    folder = os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "rekuest-codegen" / "profiles.toml"


def read_profile(name: str) -> Profile:
    """The profile ``name``.

    Raises:
        ConfigurationError: there is none, something in it makes no sense, or others can read its secret.
        MissingExtraError: its tokens come from an issuer, and the extra ``auth`` is not installed.
    """
    path = profiles_file()
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE + 1)
            mode = os.fstat(file.fileno())
        if len(text) > MAX_FILE:
            raise ConfigurationError(f"{path}: longer than the {MAX_FILE} bytes allowed")
        tables: dict[str, Any] = tomllib.loads(text.decode())
    except FileNotFoundError:
        raise ConfigurationError(f"profile {name!r}: there is no {path}") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: no TOML ({error})") from None
    table = tables.get(name)
    if not is_object(table):
        known = sorted(name for name, one in tables.items() if is_object(one))
        raise ConfigurationError(f"{path}: no profile {name!r}; {suggestion(name, known) if known else 'it has none'}")
    where = f"{path}: [{name}]"
    said = _checked(table, where)
    if any(key in said for key in SECRETS) and not _is_private(mode):
        raise ConfigurationError(f"{path}: has secrets in it and others can read it; chmod 600 it")
    return Profile(said["url"], _auth(said, where, path.parent))


def profile_names() -> list[str]:
    """The names of all profiles; none where the file cannot be read."""
    try:
        tables = tomllib.loads(profiles_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return sorted(name for name, one in tables.items() if is_object(one))


def _checked(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigurationError(f"{where} {key}: no such key; {suggestion(key, KEYS)}")
        if not isinstance(value, bool if key == "cache" else str) or value == "":
            raise ConfigurationError(f"{where} {key}: expected {'true or false' if key == 'cache' else 'a text'}")
    if "url" not in table:
        raise ConfigurationError(f"{where}: url is missing")
    ways = [way for way in WAYS if way in table]
    if len(ways) > 1:
        raise ConfigurationError(f"{where}: {' and '.join(ways)}: leave one of them out")
    if "issuer" in table and "client-id" not in table:
        raise ConfigurationError(f"{where}: issuer without client-id: who are we to that issuer?")
    return dict(table)


def _auth(said: Mapping[str, Any], where: str, folder: Path) -> Credentials | None:
    if "token" in said:
        return str(said["token"])
    if "token-variable" in said:
        token = os.environ.get(said["token-variable"])
        if not token:
            raise ConfigurationError(f"{where} token-variable: {said['token-variable']} is not set")
        return token
    if "token-file" in said:
        return _InFile(folder / Path(said["token-file"]).expanduser(), where)
    if "issuer" not in said:
        return None
    from rekuest_codegen.runtime.auth.oauth import client_credentials, device_flow

    place, client, scope, audience = said["issuer"], said["client-id"], said.get("scope"), said.get("audience")
    if secret := said.get("client-secret"):
        return client_credentials(place, client, secret, scope=scope, audience=audience, cache=said.get("cache", False))
    return device_flow(place, client, scope=scope, audience=audience, cache=said.get("cache", True))


class _InFile:
    """Reads a token whenever one is needed: whoever renews it writes the file anew."""

    def __init__(self, path: Path, where: str) -> None:
        self._path = path
        self._where = where

    def __call__(self) -> str:
        try:
            with self._path.open("rb") as file:
                token = file.read(MAX_FILE).decode().strip()
                private = _is_private(os.fstat(file.fileno()))
        except (OSError, ValueError) as error:
            text = error.strerror if isinstance(error, OSError) else "no text"
            raise ConfigurationError(f"{self._where} token-file: {self._path}: {text}") from None
        if not private:
            raise ConfigurationError(f"{self._where} token-file: {self._path}: others can read it; chmod 600 it")
        try:
            return checked(token)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self._where} token-file: {self._path}: {error}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _InFile) and self._path == other._path

    def __hash__(self) -> int:
        return hash(self._path)


def _is_private(status: os.stat_result) -> bool:
    return sys.platform == "win32" or not stat.S_IMODE(status.st_mode) & 0o077
