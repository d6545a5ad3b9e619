"""Which server, and which token for it: what goes before what, and that no token goes where it was not meant for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rekuest_codegen.build.logins import Said, logins
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Target

A, B, C = "http://a.example:8000", "http://b.example:8000", "http://c.example:8000"
HERE = Path.cwd()


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(f'[b]\nurl = "{B}"\ntoken = "for-b"\n[bare]\nurl = "{C}"\n', encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("REKUEST_PROFILES", str(file))
    monkeypatch.setenv("A_TOKEN", "for-a")
    for name in ("REKUEST_URL", "REKUEST_TOKEN", "REKUEST_PROFILE", "REKUEST_ISSUER"):
        monkeypatch.delenv(name, raising=False)


def target(
    url: str | None = None, *, profile: str | None = None, variable: str | None = None, source: str | None = None
) -> Target:
    return Target("t", HERE, HERE, url=url, profile=profile, token_variable=variable, source=source)


def settled(said: Said, *targets: Target) -> list[tuple[str, str] | None]:
    """The address and the token for each."""
    found = logins(targets, said)
    return [one and (one.url, str(asyncio.run(one.auth.token()))) for one in found]


def test_each_target_has_a_token_of_its_own() -> None:
    several = (target(A, variable="A_TOKEN"), target(profile="b"), target(C), target(source="x"))
    assert settled(Said(token="c"), *several) == [(A, "for-a"), (B, "for-b"), (C, "c"), None]
    assert settled(Said(token="c"), target(A, variable="A_TOKEN"), target(profile="bare"))[1] == (C, "c")


def test_one_token_goes_to_one_server() -> None:
    assert settled(Said(token="x"), target(A), target(f"{A}/graphql")) == [(A, "x"), (f"{A}/graphql", "x")]
    for by_hand in ((), ("token",)):
        with pytest.raises(ConfigurationError, match=rf"one token for 2 servers \({A}, {B}\).*token-variable in each"):
            logins([target(A), target(B)], Said(token="x", by_hand=by_hand))
    # What is given by hand stands in for all others.
    with pytest.raises(ConfigurationError, match="one token for 2 servers"):
        logins([target(A, variable="A_TOKEN"), target(profile="b")], Said(token="x", by_hand=("token",)))
    assert settled(Said(token="x", by_hand=("token",)), target(A, variable="A_TOKEN")) == [(A, "x")]


def test_another_address_takes_no_token_along() -> None:
    own, named = target(A, variable="A_TOKEN"), target(profile="b")
    assert settled(Said(url=C, token="x"), own, named) == [(C, "x"), (C, "x")]
    with pytest.raises(ConfigurationError, match="no token"):
        logins([own], Said(url=C))
    assert settled(Said(url=A, token="x"), own) == [(A, "for-a")]
    assert settled(Said(url=C), target(variable="A_TOKEN")) == [(C, "for-a")]


def test_profiles_go_where_other_commands_have_them_go() -> None:
    assert settled(Said(profile="b", token="x"), target()) == [(B, "for-b")]
    assert settled(Said(profile="b"), target(A)) == [(B, "for-b")]
    assert settled(Said(profile="b", url=A, token="x"), target()) == [(A, "x")]
    assert settled(Said(profile="b", url=A, token="x", by_hand=("profile",)), target()) == [(B, "for-b")]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (target(A, variable="NOT_SET"), "target 't': token-variable: NOT_SET is not set"),
        (target(profile="nobody"), "no profile 'nobody'"),
        (target(), "no server: give --url or --profile"),
    ],
)
def test_what_is_missing(given: Target, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        logins([given], Said(token="x"))
