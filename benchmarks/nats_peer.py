"""The NATS peer: answers add requests, JSON as its message."""

import asyncio
import json
import sys
from typing import Any

import nats


async def main() -> None:
    client = await nats.connect(sys.argv[1])

    async def add(message: Any) -> None:
        request = json.loads(message.data)
        await message.respond(json.dumps({"return0": request["x"] + request["y"]}).encode())

    await client.subscribe("add", cb=add)
    await client.flush()
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
