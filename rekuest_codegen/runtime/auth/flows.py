"""Tokens of an `httpx.Auth`: whatever it would put into the header of a request, without that request being made.

An `httpx.Auth` is a generator that is given a request, may send others of its own (to get a token), and in the end
gives the request back with its header. We play httpx's part, and stop where the request itself would be sent.
"""

from __future__ import annotations

from typing import TypeGuard

import httpx

from rekuest_codegen.errors import ConfigurationError, RekuestError
from rekuest_codegen.runtime.auth.renewal import ASK_EVERY, Grant, Renewal
from rekuest_codegen.wire.auth import checked
from rekuest_codegen.wire.faults import fault

MAX_STEPS = 10
"""Requests that one flow may send, so that none goes on for ever."""
TIMEOUT = 30.0


def is_flow(given: object) -> TypeGuard[httpx.Auth]:
    return isinstance(given, httpx.Auth)


class FromHttpx:
    """The bearer tokens of ``auth``, as it gives them to requests for ``url``."""

    def __init__(self, auth: httpx.Auth, url: str) -> None:
        self._auth = auth
        self._url = url
        self._renewal = Renewal(self._ask)

    async def token(self, *, refused: str | None = None) -> str:
        return await self._renewal.token(refused)

    async def _ask(self, last: Grant | None, refused: bool) -> Grant:
        told = last.token if last is not None and refused else None
        request = httpx.Request("POST", self._url, json={})
        flow = self._auth.async_auth_flow(request)
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as http:
                step = await anext(flow)
                for _ in range(MAX_STEPS):
                    if step is not request:
                        step = await flow.asend(await _answered(http, step))
                    elif told is None or _bearer(request) != told:
                        break
                    else:  # let it know what the server said of this token
                        step = await flow.asend(httpx.Response(401, request=request))
                else:
                    raise ConfigurationError(f"{self!r}: no token after {MAX_STEPS} requests")
        except StopAsyncIteration:
            pass  # it has no other token than the one in the header
        except RekuestError:
            raise
        except Exception as error:
            raise fault(repr(self), error) from error
        finally:
            await flow.aclose()
        return Grant(checked(_bearer(request)), ASK_EVERY)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FromHttpx) and self._auth is other._auth and self._url == other._url

    def __hash__(self) -> int:
        return hash((id(self._auth), self._url))

    def __repr__(self) -> str:
        return f"auth {type(self._auth).__name__}"


async def _answered(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    response = await http.send(request)
    await response.aread()
    return response


def _bearer(request: httpx.Request) -> str:
    header: str = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        got = f"{scheme!r}" if scheme else "no Authorization header"
        raise ConfigurationError(f"auth: servers take bearer tokens, and this httpx.Auth gives {got}")
    return token
