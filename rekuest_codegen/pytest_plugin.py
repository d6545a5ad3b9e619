"""Fixtures for the tests of those who call nodes. pytest loads this in every project where we are installed, so it
imports nothing but pytest; what a fixture needs is loaded by the test that asks for it.

While a test uses one of them no call of it reaches a server: what nothing stands in for is refused. And no generated
function is taken for a test, whatever a stranger named it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rekuest_codegen.runtime.provider.register import App
    from rekuest_codegen.runtime.testing import Fake, InMemory
    from rekuest_codegen.runtime.testing.provider import Local


def pytest_pycollect_makeitem(name: str, obj: object) -> list[Any] | None:
    """Nothing, for what was generated: to run it as a test would be to call the node."""
    if "rekuest_codegen.runtime.remote" not in sys.modules:
        return None  # nothing generated was imported
    from rekuest_codegen.runtime.caller.stubs import is_generated

    return [] if is_generated(obj) else None


@pytest.fixture
def _rekuest_offline() -> Iterator[None]:
    from rekuest_codegen.runtime.testing import offline

    with offline(everywhere=True):
        yield


@pytest.fixture
def rekuest_fake(_rekuest_offline: None) -> Iterator[Callable[..., Fake]]:
    """``rekuest_fake(threshold, returns=mask)``: `rekuest_codegen.runtime.testing.fake` to the end of the test, in all
    its tasks and threads."""
    from rekuest_codegen.runtime.testing import fake

    made: list[Fake] = []

    def make(function: Callable[..., Any], **behaviour: Any) -> Fake:
        made.append(fake(function, everywhere=True, **behaviour).__enter__())
        return made[-1]

    yield make
    for one in reversed(made):
        one.__exit__()


@pytest.fixture
def rekuest_in_memory(_rekuest_offline: None) -> Iterator[Callable[..., InMemory]]:
    """``rekuest_in_memory(app)``: `rekuest_codegen.runtime.testing.in_memory` to the end of the test, in all its tasks
    and threads."""
    from rekuest_codegen.runtime.testing import in_memory

    made: list[InMemory] = []

    def make(*apps: App) -> InMemory:
        made.append(in_memory(*apps, everywhere=True).__enter__())
        return made[-1]

    yield make
    for one in reversed(made):
        one.__exit__()


@pytest.fixture
def rekuest_provider() -> Iterator[Callable[..., Local]]:
    """``rekuest_provider(app).call(function, ...)``: registered functions, through the whole serialisation, with one
    set of states and contexts to the end of the test."""
    from rekuest_codegen.runtime.testing.provider import Local

    made: list[Local] = []

    def make(app: App, **options: Any) -> Local:
        made.append(Local(app, **options).__enter__())
        return made[-1]

    yield make
    for one in reversed(made):
        one.__exit__(None, None, None)
