"""What functions log, and the bars they draw, told to those who called: when an app asks for it.

A record or bar belongs to the task it was made inside of; outside of a task nothing is forwarded. What this package and
its connections log themselves never is.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.provider import task as tasks

OURS = ("rekuest_codegen", "websockets", "asyncio")


class _Forwarder(logging.Handler):
    """Tells a record to the task it was made inside of, if its app asked for one of this level."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        task = tasks.current.get()
        if task is None or record.name.partition(".")[0] in OURS:
            return
        least = self.levels.get(task.facts.app)
        if least is None or record.levelno < least:
            return
        try:
            task.log(self.format(record), record.levelname if record.levelname in tasks.LEVELS else "INFO")
        except Exception:
            self.handleError(record)


_forwarder = _Forwarder()
_bars: set[str] = set()
"""The apps that asked for their bars."""


def forward(app: str, *, logs: int | str | None, bars: bool) -> None:
    """Begin to forward what the functions of ``app`` log and draw, as far as it is asked for.

    Raises:
        ConfigurationError: there is no such level, or tqdm is not installed.
    """
    if logs is not None:
        level = logging.getLevelNamesMapping().get(logs.upper()) if isinstance(logs, str) else logs
        if not isinstance(level, int):
            raise ConfigurationError(f"logs={logs!r}: expected a level of logging, as in logs='INFO'")
        _forwarder.levels[app] = level
        _forwarder.setLevel(min(_forwarder.levels.values()))
        root = logging.getLogger()
        if _forwarder not in root.handlers:
            root.addHandler(_forwarder)
        if root.getEffectiveLevel() > _forwarder.level:
            root.setLevel(_forwarder.level)
    else:
        _forwarder.levels.pop(app, None)
    if bars:
        if not _bars:
            _forward_bars()
        _bars.add(app)
    else:
        _bars.discard(app)


def _forward_bars() -> None:
    try:
        tqdm: Any = importlib.import_module("tqdm.std").tqdm
    except ImportError:
        raise ConfigurationError("bars=True: tqdm is not installed; pip install tqdm") from None
    update = tqdm.update
    if hasattr(update, "forwards"):
        return

    def told(self: Any, n: float | None = 1) -> Any:
        outcome = update(self, n)
        task = tasks.current.get()
        if task is not None and task.facts.app in _bars and self.total:
            task.progress(100 * self.n / self.total, self.desc.rstrip(": ") or None if self.desc else None)
        return outcome

    told.forwards = True  # type: ignore[attr-defined]  # so that it is put around once
    tqdm.update = told
