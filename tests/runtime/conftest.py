"""A provider and its stubs in this process, against an embedded server."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rekuest_codegen import App, connect
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider.agent import Agent
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.server import EmbeddedServer, serving


def load(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


agents: dict[str, Agent] = {}
"""The agents that provide, by app."""


@contextmanager
def providing(app: App, server: EmbeddedServer) -> Generator[None]:
    """The app's agent, in a thread with a loop of its own, once the server has taken it in."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    app._url, app._token = server.url, server.token

    async def main() -> None:
        try:
            agents[app.name] = app.agent()
            await agents[app.name].serve(on_ready=ready.set)
        except asyncio.CancelledError:
            pass
        finally:
            ready.set()

    task = loop.create_task(main())
    thread = threading.Thread(target=loop.run_until_complete, args=(task,), daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        assert not task.done(), task.result()
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(20)
        loop.close()


@contextmanager
def stubbed(name: str, folder: Path) -> Generator[Any]:
    """The stubs of tests/runtime/<name>.py, which is being provided."""
    module = load(Path(__file__).with_name(f"{name}.py"), name)
    app: App = module.app
    nodes = [provided.node for provided in provision(app.name, app.parts).functions]
    write_package(folder / f"{name}_stubs", generate(nodes))
    added = [str(folder), str(Path(__file__).parent)]  # functions in processes of their own import their module
    sys.path[:0] = added
    with serving(token=name, grace=1.0) as server, providing(app, server):
        connect(server.url, server.token)
        stubs = importlib.import_module(f"{name}_stubs.{name}")
        module.stubs = stubs  # type: ignore[attr-defined]  # for the nodes that call other nodes
        yield stubs
        portal.close()
    for path in added:
        sys.path.remove(path)
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}_stubs")]:
        del sys.modules[known]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """The stubs of tests/runtime/lab.py."""
    with stubbed("lab", tmp_path_factory.mktemp("lab")) as stubs:
        yield stubs


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """The stubs of tests/runtime/workshop.py."""
    with stubbed("workshop", tmp_path_factory.mktemp("workshop")) as stubs:
        yield stubs
