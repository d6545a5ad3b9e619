"""GraphQL over HTTP: ``POST /graphql``. Every answer is a 200, a refused token included, as the real server's are."""

from __future__ import annotations

import msgspec
from graphql import GraphQLError
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from rekuest_codegen.server.documents import Documents, Request, failed
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.model import Json
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.messages import MAX_FRAME
from rekuest_codegen.wire.tracing import read_carrier

_encoder = msgspec.json.Encoder()


class GraphQLHttp:
    """The endpoint for queries and mutations."""

    def __init__(self, hub: Hub, documents: Documents, tokens: Tokens) -> None:
        self._hub = hub
        self._documents = documents
        self._tokens = tokens

    async def __call__(self, request: HttpRequest) -> Response:
        header = request.headers.get("authorization")
        identity = self._tokens.bearer(header)
        if identity is None:
            text = "The token was refused" if header else "No Authorization header"
            return _answer(failed(GraphQLError(text, extensions={"code": "AccessDenied"})))
        try:
            body = await _body(request)
            asked = Request.read(msgspec.json.decode(body))
        except ClientDisconnect:
            return Response(status_code=400)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return _answer(failed(GraphQLError("The request is not JSON.")))
        except GraphQLError as error:
            return _answer(failed(error))
        asker = Asker(identity, self._hub, trace=read_carrier(dict(request.headers)))
        return _answer(await self._documents.answer(asked, asker))


async def _body(request: HttpRequest) -> bytes:
    """Raises GraphQLError: it is larger than anything may be."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_FRAME:
            raise GraphQLError(f"The request is larger than {MAX_FRAME} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _answer(response: Json) -> Response:
    return Response(_encoder.encode(response), media_type="application/json")
