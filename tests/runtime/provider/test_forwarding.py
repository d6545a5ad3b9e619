"""What is logged and drawn is forwarded for the apps that asked for it, and for those alone."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from typing import Any

import pytest
from tqdm.std import tqdm  # type: ignore[import-untyped]  # it has no types

from rekuest_codegen.runtime.provider import forwarding
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.forwarding import forward
from rekuest_codegen.runtime.provider.task import Facts, Task, current

Said = list[tuple[str, str, Any]]


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    root, levels, bars = logging.getLogger(), dict(forwarding._forwarder.levels), set(forwarding._bars)
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    forwarding._forwarder.levels.clear()
    forwarding._forwarder.levels.update(levels)
    forwarding._bars.clear()
    forwarding._bars.update(bars)


def work(app: str, said: Said) -> None:
    """A task of ``app`` that logs and draws."""

    def say(kind: str, fields: Mapping[str, Any]) -> None:
        said.append((app, kind, fields.get("message") if kind == "LOG" else fields.get("progress")))

    token = current.set(Task(Facts("1", "f", app=app), Control(), say))
    try:
        for level in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger("theirs").log(level, "%d", level)
        bar = tqdm(total=2, disable=False, file=open("/dev/null", "w"))  # noqa: SIM115 - closed below
        bar.update(1)
        bar.fp.close()
    finally:
        current.reset(token)


def test_each_app_has_its_own_level() -> None:
    said: Said = []
    forward("loud", logs="DEBUG", bars=False)
    forward("calm", logs=logging.WARNING, bars=True)
    forward("silent", logs=None, bars=False)
    for app in ("loud", "calm", "silent"):
        work(app, said)
    assert said == [
        ("loud", "LOG", "10"),
        ("loud", "LOG", "20"),
        ("loud", "LOG", "30"),
        ("calm", "LOG", "30"),
        ("calm", "PROGRESS", 50),
    ]


def test_the_last_word_of_an_app_counts() -> None:
    said: Said = []
    forward("lab", logs="DEBUG", bars=True)
    forward("lab", logs="INFO", bars=True)
    work("lab", said)
    assert said == [("lab", "LOG", "20"), ("lab", "LOG", "30"), ("lab", "PROGRESS", 50)]
    forward("lab", logs=None, bars=False)
    work("lab", said)
    assert len(said) == 3
