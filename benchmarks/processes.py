"""Processes under measurement: started, awaited, ended; and the CPU each of them has used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    line: str

    def cpu(self) -> float:
        """Seconds of user and system time so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def running(command: Sequence[str], word: str, environment: Mapping[str, str] | None = None) -> Generator[Running]:
    """A process that has printed a line with ``word`` in it; it is ended on the way out."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})}
    )
    alarm = threading.Timer(60, process.kill)
    alarm.start()
    try:
        assert process.stdout is not None
        seen: list[str] = []
        for line in process.stdout:
            seen.append(line)
            if word in line:
                break
        else:
            raise SystemExit(f"{command}: ended without saying {word!r}:\n{''.join(seen)}")
        alarm.cancel()
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield Running(process, line)
    finally:
        alarm.cancel()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
