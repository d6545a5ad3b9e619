"""The issuer itself: ``python -m tests.runtime.identity.server`` prints its address and serves until it is ended."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

KEYS = KeySet([RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256", "use": "sig"})])
SETTINGS: dict[str, Any] = {"lifetime": 300, "up": True, "refreshes": True, "interval": 0.05, "code_lifetime": 30}
COUNTS: Counter[str] = Counter()
SECRETS: list[str] = []
DEVICES: dict[str, dict[str, Any]] = {}
DECISIONS: dict[str, bool] = {}
TOKENS: dict[str, Token] = {}


@dataclass
class User:
    name: str = "ada"

    def get_user_id(self) -> str:
        return self.name


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # authlib has no types
    name: str
    secret: str
    grants: tuple[str, ...]

    def get_client_id(self) -> str:
        return self.name

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope or ""

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.secret else "none")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants and (grant_type != "refresh_token" or SETTINGS["refreshes"])


@dataclass
class Token(TokenMixin):  # type: ignore[misc]  # authlib has no types
    client: str
    user: User = field(default_factory=User)

    def check_client(self, client: Client) -> bool:
        return client.name == self.client

    def get_scope(self) -> str:
        return "nodes"

    def get_expires_in(self) -> int:
        return int(SETTINGS["lifetime"])

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


CLIENTS = {
    "robot": Client("robot", "robot-secret", ("client_credentials",)),
    "desk": Client("desk", "", (DeviceCodeGrant.GRANT_TYPE, "refresh_token")),
}


class Generator(JWTBearerTokenGenerator):  # type: ignore[misc]  # authlib has no types
    def get_jwks(self) -> Any:
        return KEYS

    def get_audiences(self, client: Client, user: User | None, scope: str) -> str:
        return request.form.get("audience") or "rekuest"


class Credentials(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)


class Refresh(RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        return TOKENS.get(refresh_token)

    def authenticate_user(self, token: Token) -> User:
        return token.user

    def revoke_old_credential(self, token: Token) -> None:
        for key in [key for key, value in TOKENS.items() if value is token]:
            del TOKENS[key]


class Device(DeviceCodeGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def query_device_credential(self, device_code: str) -> Any:
        COUNTS["polls"] += 1
        kept = DEVICES.get(device_code)
        return None if kept is None else DeviceCredentialDict(kept)

    def query_user_grant(self, user_code: str) -> tuple[User, bool] | None:
        return (User(), DECISIONS[user_code]) if user_code in DECISIONS else None

    def should_slow_down(self, credential: Any) -> bool:
        return False


class Begin(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # authlib has no types
    @property
    def INTERVAL(self) -> float:
        return float(SETTINGS["interval"])

    @property
    def EXPIRES_IN(self) -> float:
        return float(SETTINGS["code_lifetime"])

    def get_verification_uri(self) -> str:
        return "https://issuer.example/device"

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
        SECRETS.append(data["device_code"])
        DEVICES[data["device_code"]] = {
            **data,
            "client_id": client_id,
            "scope": scope,
            "expires_at": time.time() + data["expires_in"],
        }


def save(token: dict[str, Any], asked: Any) -> None:
    SECRETS.append(token["access_token"])
    if "refresh_token" in token:
        SECRETS.append(token["refresh_token"])
        TOKENS[token["refresh_token"]] = Token(asked.client.name)


def build(url: str) -> Flask:
    app = Flask(__name__)
    server = AuthorizationServer(app, query_client=CLIENTS.get, save_token=save)
    server.register_token_generator(
        "default",
        Generator(
            url,
            refresh_token_generator=lambda *_, **__: f"refresh-{time.time_ns()}",
            expires_generator=lambda *_: int(SETTINGS["lifetime"]),
        ),
    )
    for grant in (Credentials, Refresh, Device):
        server.register_grant(grant)
    server.register_endpoint(Begin)

    @app.before_request
    def down() -> Any:
        return None if SETTINGS["up"] or request.path.startswith("/test/") else ("gone fishing", 503)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        COUNTS["discovery"] += 1
        ends = {"token_endpoint": "token", "device_authorization_endpoint": "device", "jwks_uri": "jwks"}
        return jsonify(issuer=url, **{name: f"{url}/{path}" for name, path in ends.items()})

    @app.get("/jwks")
    def jwks() -> Any:
        COUNTS["jwks"] += 1
        return jsonify(KEYS.as_dict(private=False))

    @app.post("/token")
    def token() -> Any:
        COUNTS[request.form["grant_type"]] += 1
        return server.create_token_response()

    @app.post("/device")
    def device() -> Any:
        COUNTS["device"] += 1
        return server.create_endpoint_response("device_authorization")

    @app.post("/test/settings")
    def settings() -> Any:
        SETTINGS.update(request.get_json())
        return jsonify(SETTINGS)

    @app.post("/test/decide")
    def decide() -> Any:
        asked = request.get_json()
        DECISIONS[asked["code"]] = asked["allowed"]
        return jsonify(True)

    @app.get("/test/seen")
    def seen() -> Any:
        return jsonify(COUNTS)

    @app.get("/test/secrets")
    def secrets() -> Any:
        return jsonify(SECRETS)

    return app


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    listening = make_server("127.0.0.1", 0, Flask(__name__), threaded=True)
    url = f"http://127.0.0.1:{listening.port}"
    listening.app = build(url)
    print(f"issuer at {url}", flush=True)
    listening.serve_forever()


if __name__ == "__main__":
    main()
