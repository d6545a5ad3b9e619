"""The shelf: objects that stay in a provider's memory, each under the drawer the server gave it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from rekuest_codegen.api.client.operations import SHELVE_IN_MEMORY_DRAWER_GQL
from rekuest_codegen.runtime.link import Link


class MemoryShelf:
    """Keeps objects for as long as this process lives, or until the server collects their drawers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._drawers: dict[str, Any] = {}

    async def put(self, identifier: str, value: Any) -> str:
        """Keep ``value``; gives the drawer's id."""
        drawer = {"identifier": identifier, "resourceId": str(uuid.uuid4())}
        answer = await self._link.request(SHELVE_IN_MEMORY_DRAWER_GQL, {"input": drawer}, again=True)
        key = str(answer["shelveInMemoryDrawer"]["id"])
        self._drawers[key] = value
        return key

    async def get(self, drawer: str) -> Any:
        """What is in ``drawer``; KeyError when there is nothing."""
        return self._drawers[drawer]

    def drop(self, drawers: Iterable[str]) -> None:
        for drawer in drawers:
            self._drawers.pop(drawer, None)
