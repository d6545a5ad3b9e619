"""Servers by name: what the file may say, what it may not, and who may read it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rekuest_codegen.cli import main
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.auth import auth_of
from rekuest_codegen.runtime.auth.oauth import ClientCredentials, DeviceFlow
from rekuest_codegen.runtime.profiles import profile_names, profiles_file, read_profile
from rekuest_codegen.server import serving
from rekuest_codegen.wire.endpoint import Endpoint

SECRET = "do-not-tell"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in context._ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "profiles.toml"
    path.touch(0o600)
    monkeypatch.setenv("REKUEST_PROFILES", str(path))
    return path


def token(found: Any) -> str:
    return str(asyncio.run(auth_of(found.auth, Endpoint.parse(found.url)).token()))


def test_tokens(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(
        '[a]\nurl = "http://a"\ntoken = "one"\n[b]\nurl = "http://b"\ntoken-variable = "B_TOKEN"\n'
        '[c]\nurl = "http://c"\ntoken-file = "c.token"\n[d]\nurl = "http://d"\n'
    )
    monkeypatch.setenv("B_TOKEN", "two")
    (file.parent / "c.token").touch(0o600)
    (file.parent / "c.token").write_text("three\n")
    assert [token(read_profile(name)) for name in "abc"] == ["one", "two", "three"]
    (file.parent / "c.token").write_text("four\n")
    assert token(read_profile("c")) == "four"
    assert read_profile("d") == ("http://d", None)
    assert profile_names() == ["a", "b", "c", "d"]
    assert context.told(None, "mine", profile="a") == ("http://a", "mine")
    assert context.told("http://else", None, profile="a") == ("http://else", "one")
    monkeypatch.setenv("REKUEST_TOKEN", "of-the-environment")
    assert context.told(None, None, profile="d") == ("http://d", "of-the-environment")


def test_issuers(file: Path) -> None:
    file.write_text(
        f'[program]\nurl = "http://a"\nissuer = "https://id"\nclient-id = "me"\nclient-secret = "{SECRET}"\n'
        '[person]\nurl = "http://a"\nissuer = "https://id"\nclient-id = "me"\nscope = "nodes"\n'
    )
    program, person = read_profile("program").auth, read_profile("person").auth
    assert isinstance(program, ClientCredentials)
    assert isinstance(person, DeviceFlow)
    assert SECRET not in repr(program) + repr(read_profile("program"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "no profile 'lab'; it has none"),
        ('[lap]\nurl = "http://a"', "no profile 'lab'; did you mean 'lap'?"),
        ("lab = 1", "no profile 'lab'; it has none"),
        ("[lab", "no TOML"),
        ("[lab]", "[lab]: url is missing"),
        ('[lab]\nurl = ""', "[lab] url: expected a text"),
        ("[lab]\nurl = 1", "[lab] url: expected a text"),
        ('[lab]\nurl = "http://a"\ntokens = "x"', "[lab] tokens: no such key; did you mean 'token'?"),
        (
            '[lab]\nurl = "http://a"\ntoken = "x"\ntoken-file = "y"',
            "[lab]: token and token-file: leave one of them out",
        ),
        ('[lab]\nurl = "http://a"\nissuer = "https://b"', "[lab]: issuer without client-id"),
        ('[lab]\nurl = "http://a"\ntoken-variable = "NOT_SET_AT_ALL"', "NOT_SET_AT_ALL is not set"),
        ('[lab]\nurl = "http://a"\ncache = "yes"', "[lab] cache: expected true or false"),
    ],
)
def test_mistakes_are_one_line_with_their_place(file: Path, text: str, line: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_profile("lab")
    assert str(caught.value).startswith(str(file))
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_secrets_that_others_can_read_are_refused(file: Path) -> None:
    file.write_text(f'[lab]\nurl = "http://a"\ntoken = "{SECRET}"\n[open]\nurl = "http://b"\n')
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read it; chmod 600 it") as caught:
        read_profile("lab")
    assert SECRET not in str(caught.value)
    assert read_profile("open").url == "http://b"


def test_a_file_of_a_token_is_looked_at_too(file: Path) -> None:
    file.write_text('[lab]\nurl = "http://a"\ntoken-file = "lab.token"\n')
    kept = file.parent / "lab.token"
    kept.write_text(SECRET)
    for mode, text, said in (
        (0o644, SECRET, "others can read it; chmod 600 it"),
        (0o600, "", "the token is empty or has characters that no token has"),
        (0o600, f"{SECRET} and more", "the token is empty or has characters that no token has"),
    ):
        kept.write_text(text)
        kept.chmod(mode)
        with pytest.raises(ConfigurationError) as caught:
            token(read_profile("lab"))
        assert str(caught.value).startswith(f"{file}: [lab] token-file: {kept}: {said}")
        assert SECRET not in str(caught.value)


def test_there_is_no_file(file: Path) -> None:
    file.unlink()
    with pytest.raises(ConfigurationError, match="profile 'lab': there is no"):
        read_profile("lab")
    assert profile_names() == []


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REKUEST_PROFILES", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert profiles_file() == tmp_path / "rekuest-codegen" / "profiles.toml"


def test_on_the_command_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(token="shell") as server:
        file.write_text(f'[lab]\nurl = "{server.url}"\ntoken = "shell"\n')

        def ask(*arguments: str) -> tuple[int, str]:
            done = CliRunner().invoke(main, ["agents", "--json", *arguments])
            return done.exit_code, done.stdout

        assert ask("--profile", "lab") == (0, "[]\n")
        monkeypatch.setenv("REKUEST_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("REKUEST_TOKEN", "another")
        assert ask("--profile", "lab") == (0, "[]\n")  # what is said counts more than the environment
        monkeypatch.setenv("REKUEST_PROFILE", "lab")
        assert ask()[0] == 2  # and the environment's address more than its profile
        monkeypatch.delenv("REKUEST_URL")
        assert json.loads(ask()[1]) == []
