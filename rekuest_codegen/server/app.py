"""The ASGI application: GraphQL over HTTP and WebSocket, and the agents' socket, around one hub."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.server.agent_ws import AgentWebSocket
from rekuest_codegen.server.documents import Documents
from rekuest_codegen.server.graphql_http import GraphQLHttp
from rekuest_codegen.server.graphql_ws import GraphQLWebSocket
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.schema import build_schema
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.conversation import ANSWER_WITHIN, HEARTBEAT


def build_app(
    hub: Hub,
    tokens: Tokens,
    *,
    heartbeat: float = HEARTBEAT,
    answer_within: float = ANSWER_WITHIN,
    contracts: Sequence[Contract] = tuple(Contract),
) -> Starlette:
    """The application, which speaks ``contracts``; start the hub before the first request."""
    documents = Documents(*(partial(build_schema, contract) for contract in contracts))
    http = GraphQLHttp(hub, documents, tokens)
    sockets = GraphQLWebSocket(hub, documents, tokens)
    agents = AgentWebSocket(hub, tokens, heartbeat=heartbeat, answer_within=answer_within, contracts=contracts)

    async def graphql(request: Request) -> Response:
        return await http(request)

    async def graphql_socket(socket: WebSocket) -> None:
        await sockets(socket)

    async def agent_socket(socket: WebSocket) -> None:
        await agents(socket)

    async def root(_: Request) -> Response:
        return PlainTextResponse("rekuest-codegen: GraphQL is at /graphql, agents connect to /agi\n")

    routes = [Route("/", root)]
    for path in ("/graphql", "/graphql/"):
        routes += [Route(path, graphql, methods=["POST"])]
    return Starlette(
        routes=[
            *routes,
            *[WebSocketRoute(path, graphql_socket) for path in ("/graphql", "/graphql/")],
            *[WebSocketRoute(path, agent_socket) for path in ("/agi", "/agi/")],
        ]
    )
