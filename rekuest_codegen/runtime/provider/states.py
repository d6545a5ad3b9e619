"""An agent's observable states: what they are when a session begins, and how they change, as patches.

Changes are gathered for a moment and told together, field by field, with what the field was before. What could not be
told while there was no connection is made up for by a snapshot.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.provider import task
from rekuest_codegen.runtime.provider.observed import observe
from rekuest_codegen.runtime.values import ROOT, Shelf, Types, values_walk
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.conversation import AgentSide

logger = logging.getLogger("rekuest_codegen.provider")
TELL_EVERY = 0.05
"""Seconds for which changes are gathered."""
MOST = 15 * 1024 * 1024
"""Bytes of all states together: they are told as a whole when a session begins, and a change with what was before."""


@dataclass(frozen=True, slots=True)
class StateSchema:
    """A state as it is registered: ``interface`` is its name at this agent, ``ports`` are its fields."""

    interface: str
    cls: type[Any]
    ports: tuple[Port, ...]
    types: Types


class States:
    """The states of one agent."""

    def __init__(
        self, schemas: Sequence[StateSchema], side: AgentSide, send: Callable[[messages.FromAgent], None]
    ) -> None:
        self.schemas = {schema.cls: schema for schema in schemas}
        self._side = side
        self._send = send
        self._lock = threading.Lock()
        self._objects: dict[str, Any] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._changed: dict[tuple[str, str], str | None] = {}
        self._revision = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._telling: asyncio.Task[None] | None = None
        self._shelf: Shelf | None = None

    async def begin(self, objects: dict[type[Any], Any], shelf: Shelf) -> None:
        """Observe the object of each state from now on.

        Raises:
            ConfigurationError: one cannot be observed.
            ArgumentError: a value does not fit its field, or all together are more than `MOST`.
        """
        self._loop, self._shelf = asyncio.get_running_loop(), shelf
        for cls, schema in self.schemas.items():
            name = schema.interface
            self._objects[name] = objects[cls]
            self._told[name] = {}
            for port in schema.ports:
                try:
                    value = await self._value(schema, port)
                    self._measure(name, port.key, value)
                except ArgumentError as error:
                    raise ArgumentError(f"state {name}: {error.path}", error.problem) from None
                self._told[name][port.key] = value
            observe(objects[cls], [port.key for port in schema.ports], self._noter(name))

    def values(self) -> dict[str, Any]:
        """What the server knows, or is about to be told, of each state."""
        return {name: dict(fields) for name, fields in self._told.items()}

    def tell_all(self) -> None:
        """Send a snapshot: after a loss the server may have missed changes."""
        if self._told:
            session, values = self._side.session_id, self.values()
            self._send(messages.StateSnapshot(session_id=session, global_rev=self._revision, snapshots=values))

    async def settle(self) -> None:
        """Tell now what has changed."""
        with self._lock:
            changed, self._changed = self._changed, {}
        for (name, key), by in changed.items():
            await self._tell(name, key, by)

    def _noter(self, name: str) -> Callable[[str], None]:
        def note(key: str) -> None:
            inside = task.current.get()
            with self._lock:
                first = not self._changed
                self._changed[name, key] = inside.id if inside is not None else None
            if first and self._loop is not None:
                with suppress(RuntimeError):  # the loop was closed: nobody is told any more
                    self._loop.call_soon_threadsafe(self._plan)

        return note

    def _plan(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.ensure_future(self._tell_soon())

    async def _tell_soon(self) -> None:
        while True:
            await asyncio.sleep(max(TELL_EVERY, self._side.turn(asyncio.get_running_loop().time())))
            await self.settle()
            with self._lock:
                if not self._changed:
                    return

    async def _tell(self, name: str, key: str, by: str | None) -> None:
        schema = next(schema for schema in self.schemas.values() if schema.interface == name)
        port = next(port for port in schema.ports if port.key == key)
        before = self._told[name].get(key)
        try:
            value = await self._value(schema, port)
            if value == before:
                return
            self._measure(name, key, value)
        except Exception as error:  # changed while it was read, or what a structure's own code raised
            logger.warning("state %s: %s was not told: %s", name, key, error)
            return
        self._told[name][key] = value
        self._revision += 1
        if not self._side.ready:
            return  # a snapshot will tell
        self._send(
            messages.StatePatch(
                session_id=self._side.session_id,
                global_rev=self._revision,
                state_name=name,
                ts=time.time(),
                op="replace",
                path=f"/{key}",
                value=value,
                old_value=before,
                task_id=by,
            )
        )

    async def _value(self, schema: StateSchema, port: Port) -> Any:
        walk = values_walk(schema.types, self._shelf)
        value = getattr(self._objects[schema.interface], port.key, None)
        return await walk.shrink(port, value, ROOT.field(port.key))

    def _measure(self, name: str, key: str, value: Any) -> None:
        """Note how large a value is that is about to be told; ArgumentError: there is no room for it."""
        size = len(msgspec.json.encode(value))
        others = sum(self._sizes.values()) - self._sizes.get((name, key), 0)
        if others + size > MOST:
            text = f"{size} bytes; all states together have at most {MOST}"
            raise ArgumentError(str(ROOT.field(key)), text)
        self._sizes[name, key] = size
