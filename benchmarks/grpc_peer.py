"""The gRPC peer: unary add over grpc.aio, JSON as its message."""

import asyncio
import json
from typing import Any

import grpc


async def add(request: dict[str, int], context: Any) -> dict[str, int]:
    return {"return0": request["x"] + request["y"]}


async def main() -> None:
    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        add, request_deserializer=json.loads, response_serializer=lambda value: json.dumps(value).encode()
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench", {"add": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print("ready", port, flush=True)
    await server.wait_for_termination()


asyncio.run(main())
