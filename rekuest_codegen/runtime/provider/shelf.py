"""The shelf: objects that stay in a provider's memory, each under the drawer the server gave it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterable
from typing import Any

from rekuest_codegen.api.client.operations import SHELVE_IN_MEMORY_DRAWER_GQL, UNSHELVE_MEMORY_DRAWER_GQL
from rekuest_codegen.errors import RekuestError
from rekuest_codegen.runtime.link import Link

logger = logging.getLogger("rekuest_codegen.provider")


class MemoryShelf:
    """Keeps objects for as long as this process lives, or until the server collects their drawers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._drawers: dict[str, Any] = {}
        self._unwanted: set[asyncio.Task[str]] = set()

    def __len__(self) -> int:
        return len(self._drawers)

    async def put(self, identifier: str, value: Any) -> str:
        """Keep ``value``; gives the drawer's id. Cancelled on the way, nothing is kept, here or there."""
        opening = asyncio.ensure_future(self._open(identifier))
        try:
            key = await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._unwanted.add(opening)
            opening.add_done_callback(self._close_again)
            raise
        self._drawers[key] = value
        return key

    async def get(self, drawer: str) -> Any:
        """What is in ``drawer``; KeyError when there is nothing."""
        return self._drawers[drawer]

    def drop(self, drawers: Iterable[str]) -> None:
        for drawer in drawers:
            self._drawers.pop(drawer, None)

    async def _open(self, identifier: str) -> str:
        drawer = {"identifier": identifier, "resourceId": str(uuid.uuid4())}
        answer = await self._link.request(SHELVE_IN_MEMORY_DRAWER_GQL, {"input": drawer}, again=True)
        return str(answer["shelveInMemoryDrawer"]["id"])

    async def _close(self, drawer: str) -> None:
        await self._link.request(UNSHELVE_MEMORY_DRAWER_GQL, {"input": {"id": drawer}}, again=False)

    def _close_again(self, opening: asyncio.Task[str]) -> None:
        self._unwanted.discard(opening)
        if opening.cancelled() or opening.exception() is not None:
            return
        closing = asyncio.ensure_future(self._close(opening.result()))
        closing.add_done_callback(_said)


def _said(closing: asyncio.Task[None]) -> None:
    if not closing.cancelled() and isinstance(error := closing.exception(), RekuestError):
        logger.debug("a drawer was left behind: %s", error)
