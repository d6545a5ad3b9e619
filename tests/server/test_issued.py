"""Whose an issuer's token is: what is not signed by its keys, for us, and now, is nobody's."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from rekuest_codegen.errors import ConfigurationError, RekuestError, Unreachable
from rekuest_codegen.server import ServerConfig
from rekuest_codegen.server.issued import AGAIN_AFTER, KEYS_FOR, LEEWAY, Issued
from rekuest_codegen.server.tokens import Tokens

RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
LATER = ECKey.generate_key("P-256", parameters={"kid": "later", "use": "sig"})


@dataclass
class Published:
    """What an issuer publishes; changed by the tests."""

    url: str = ""
    keys: list[dict[str, Any]] = field(default_factory=lambda: [RSA.as_dict(private=False)])
    document: dict[str, Any] = field(default_factory=dict)
    read: int = 0
    up: bool = True


@pytest.fixture
def issuer() -> Generator[Published]:
    published = Published()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": published.document,
                "/keys": {"keys": published.keys},
            }
            published.read += self.path == "/keys"
            body = json.dumps(answers.get(self.path, {})).encode()
            self.send_response(200 if self.path in answers and published.up else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    published.url = f"http://127.0.0.1:{server.server_port}"
    published.document = {"issuer": published.url, "jwks_uri": f"{published.url}/keys"}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield published
    server.shutdown()
    server.server_close()
    thread.join(10)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def token(url: str, key: Any = RSA, algorithm: str = "RS256", kid: str | None = "rsa", **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": url, "aud": "rekuest", "sub": "ada", "client_id": "desk", "exp": now + 60, "iat": now, **claims}
    header: dict[str, Any] = {"alg": algorithm, **({"kid": kid} if kid else {})}
    return jwt.encode(header, {name: value for name, value in said.items() if value is not None}, key)


def test_who_it_is_of(issuer: Published) -> None:
    issued = Issued(issuer.url, "rekuest")
    ada = issued.identity(token(issuer.url))
    assert ada is not None
    assert json.loads(ada) == [issuer.url, "desk", "ada"]
    assert issued.identity(token(issuer.url, exp=int(time.time()) + 5)) == ada
    assert issued.identity(token(issuer.url, aud=["other", "rekuest"])) == ada
    assert issued.identity(token(issuer.url, client_id=None, azp="desk")) == ada
    assert issued.identity(token(f"{issuer.url}/")) == ada
    others = [token(issuer.url, sub="bob"), token(issuer.url, client_id="robot"), token(issuer.url, client_id=None)]
    assert len({ada, *map(issued.identity, others)}) == 4
    assert issuer.read == 1


def test_who_it_is_not_of(issuer: Published) -> None:
    issued = Issued(issuer.url, "rekuest")
    now = int(time.time())
    wrong = {
        "issuer": token("https://else.example"),
        "no issuer": token(issuer.url, iss=None),
        "audience": token(issuer.url, aud="other"),
        "no audience": token(issuer.url, aud=None),
        "over": token(issuer.url, exp=now - LEEWAY - 1),
        "endless": token(issuer.url, exp=None),
        "not yet": token(issuer.url, nbf=now + 60),
        "nobody": token(issuer.url, sub=None),
        "empty": token(issuer.url, sub=""),
        "number": token(issuer.url, sub=7),
        "another key": token(issuer.url, key=OTHER),
        "a list as client": token(issuer.url, client_id=["desk"]),
    }
    assert [name for name, one in wrong.items() if issued.identity(one) is not None] == []


def test_what_is_not_signed(issuer: Published) -> None:
    issued = Issued(issuer.url, "rekuest")
    good = token(issuer.url)
    header, body, signature = good.split(".")

    def part(**fields: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    def by_secret(**fields: Any) -> str:
        """Signed with the public key, taken for a secret."""
        text = f"{part(alg='HS256', **fields)}.{body}"
        made = hmac.digest(RSA.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"

    forged = [
        f"{part(alg='none')}.{body}.",
        f"{part(alg='none', kid='rsa')}.{body}.{signature}",
        f"{header}.{body}.",
        f"{header}.{part(iss=issuer.url, aud='rekuest', sub='root', exp=2**40)}.{signature}",
        f"{part(alg='RS256', kid='rsa', jku='http://127.0.0.1:1/')}.{body}.{signature}",
        f"{part(alg='RS256', kid='rsa', crit=['x'], x=1)}.{body}.{signature}",
        by_secret(),
        by_secret(kid="rsa"),
        good + "x" * 20_000,
    ]
    assert [one for one in forged if issued.identity(one) is not None] == []


@given(st.text() | st.none() | st.integers() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*"))
def test_nonsense_is_nobodys(given: object) -> None:
    assert READY.identity(given) is None


class _Ready(Issued):
    """Has its keys, and reads no others."""

    def __init__(self) -> None:
        from joserfc.jwk import KeySet

        self._issuer, self._audience, self._clock = "https://a.example", "rekuest", lambda: 0.0
        self._keys, self._read_at, self._lock = KeySet([RSA]), 0.0, threading.Lock()


READY = _Ready()


def eventually(issued: Issued, given: str) -> bool:
    """Whether a token is let in, once the keys that were asked for are read."""
    for _ in range(200):
        if issued.identity(given) is not None:
            return True
        time.sleep(0.02)
    return False


def test_keys_that_come_later(issuer: Published) -> None:
    clock = Clock()
    issued = Issued(issuer.url, "rekuest", clock=clock)
    late = token(issuer.url, key=LATER, algorithm="ES256", kid="later")
    assert issued.identity(late) is None
    assert issuer.read == 1, "read again at once"
    issuer.keys.append(LATER.as_dict(private=False))
    clock.now += AGAIN_AFTER + 1
    assert eventually(issued, late)
    assert issuer.read == 2


def test_keys_that_are_withdrawn(issuer: Published) -> None:
    clock = Clock()
    issuer.keys.append(LATER.as_dict(private=False))
    issued = Issued(issuer.url, "rekuest", clock=clock)
    good = token(issuer.url)
    assert issued.identity(good) is not None
    del issuer.keys[0]
    clock.now += KEYS_FOR + 1
    for _ in range(200):
        if issued.identity(good) is None:
            break
        time.sleep(0.02)
    assert issued.identity(good) is None


def test_an_issuer_that_is_down_keeps_its_keys(issuer: Published, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    issued = Issued(issuer.url, "rekuest", clock=clock)
    issuer.up = False
    clock.now += KEYS_FOR + 1
    assert issued.identity(token(issuer.url)) is not None
    for _ in range(200):
        if "could not be read" in caplog.text:
            break
        time.sleep(0.02)
    assert "could not be read" in caplog.text
    assert issued.identity(token(issuer.url)) is not None


@pytest.mark.parametrize(
    ("document", "keys", "text"),
    [
        ({}, [], "another issuer"),
        ({"issuer": "{url}"}, [], "publishes no keys"),
        ({"issuer": "{url}", "jwks_uri": "http://else.example/keys"}, [], "expected an https address"),
        ({"issuer": "{url}", "jwks_uri": "{url}/keys"}, [{"kty": "RSA"}], "no keys that can be read"),
    ],
)
def test_what_an_issuer_publishes_is_checked(
    issuer: Published, document: dict[str, str], keys: list[dict[str, Any]], text: str
) -> None:
    issuer.document = {name: value.replace("{url}", issuer.url) for name, value in document.items()}
    issuer.keys = keys
    with pytest.raises(RekuestError, match=text):
        Issued(issuer.url, "rekuest")


def test_no_issuer_no_start() -> None:
    with pytest.raises(Unreachable):
        Issued("http://127.0.0.1:9", "rekuest")
    with pytest.raises(ConfigurationError, match="expected an https address"):
        Issued("http://issuer.example", "rekuest")
    with pytest.raises(ConfigurationError, match="issuer and audience go together"):
        ServerConfig(issuer="https://issuer.example")


def test_fixed_tokens_beside_issued_ones(issuer: Published) -> None:
    tokens = Tokens({"dev": "change-me"}, issued=Issued(issuer.url, "rekuest"))
    assert tokens.identity("change-me") == "dev"
    assert tokens.bearer(f"Bearer {token(issuer.url)}") is not None
    assert tokens.identity("nothing") is None
    assert Tokens({}, issued=Issued(issuer.url, "rekuest")).identity("change-me") is None
    with pytest.raises(ConfigurationError):
        Tokens({})
