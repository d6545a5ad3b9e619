"""What a call says of its progress, while it is waited for: a bar on a terminal, a line of text in a notebook.

Where standard error is neither, nothing is shown. All bars of the process share one display, which begins with the
first of them and ends with the last. rich is imported by the first bar on a terminal.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from rekuest_codegen.runtime.blocking import in_notebook

if TYPE_CHECKING:
    from rich.progress import Progress

MAX_MESSAGE = 60
"""Characters of a node's message that are shown."""


class Bar(Protocol):
    """One call's line."""

    def tell(self, done: float | None, message: str | None, *, of: float | None = 100) -> None:
        """Show how much is done, ``of`` how much if that is known, and the last words. None: as it was."""
        ...

    def close(self) -> None:
        """Take it away. Twice is once."""
        ...


def open_bar(title: str) -> Bar:
    """A bar for a call of ``title``, where there is somebody to see it."""
    if in_notebook():
        return TextBar(title, sys.stdout.write)
    return TerminalBar(title) if sys.stderr is not None and sys.stderr.isatty() else Silent()


class Silent:
    """Nobody looks."""

    def tell(self, done: float | None, message: str | None, *, of: float | None = 100) -> None:
        """Say nothing."""

    def close(self) -> None:
        """There is nothing to close."""


class TextBar:
    """A line that is written anew whenever there is news."""

    def __init__(self, title: str, write: Callable[[str], Any]) -> None:
        self._title = title
        self._write = write
        self._said = ""
        self._done: float = 0
        self._message = ""
        self._open = True

    def tell(self, done: float | None, message: str | None, *, of: float | None = 100) -> None:
        self._done = self._done if done is None else done
        self._message = self._message if message is None else shown(message)
        amount = f"{self._done:g}" if of is None else f"{self._done:g}%" if of == 100 else f"{self._done:g}/{of:g}"
        line = f"{self._title} {amount} {self._message}".rstrip()
        if line != self._said:
            self._write("\r" + line.ljust(len(self._said)))
            self._said = line

    def close(self) -> None:
        if self._open and self._said:
            self._write("\n")
        self._open = False


class TerminalBar:
    """A bar among those that are shown on the terminal now."""

    def __init__(self, title: str) -> None:
        self._progress = _display.enter()
        self._id = self._progress.add_task(title, total=100, said="")
        self._open = True

    def tell(self, done: float | None, message: str | None, *, of: float | None = 100) -> None:
        said: dict[str, Any] = {} if message is None else {"said": shown(message)}
        self._progress.update(self._id, completed=done, total=of, **said)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._progress.remove_task(self._id)
            _display.leave()


class _Display:
    """The live display of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bars = 0
        self._progress: Progress | None = None

    def enter(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._progress is None:
                plain = [TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[said]")]
                columns = (plain[0], BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), plain[1])
                self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
                self._progress.start()
            self._bars += 1
            return self._progress

    def leave(self) -> None:
        with self._lock:
            self._bars -= 1
            if self._bars == 0 and self._progress is not None:
                self._progress.stop()
                self._progress = None


_display = _Display()


def shown(message: str) -> str:
    """A node's words as they may be written on a terminal: one line, nothing that steers it, not too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in message[: 4 * MAX_MESSAGE])
    text = " ".join(text.split())
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"
