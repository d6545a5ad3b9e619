"""Reports that must not be lost with the process: ends not acknowledged yet, in a small SQLite file.

The next process of the same app takes the session up again and sends them. One process at a time has the file: a
second one finds it locked, and begins a session of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError, ProtocolError
from rekuest_codegen.wire.messages import Report, decode_from_agent, encode

FOLDER = ".rekuest"
"""Where journals are kept, below the working directory, unless ``REKUEST_JOURNAL`` names a folder; empty is none."""
LAYOUT = """
CREATE TABLE IF NOT EXISTS session (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reports (id TEXT PRIMARY KEY, number INTEGER NOT NULL, frame TEXT NOT NULL);
"""


def journal_path(app: str, url: str) -> Path | None:
    """Where the journal of an app at a server is; None when there is to be none."""
    folder = os.environ.get("REKUEST_JOURNAL", FOLDER)
    if not folder:
        return None
    key = hashlib.sha256(f"{app}\n{url}".encode()).hexdigest()[:12]
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", app)[:40].lstrip(".") or "app"
    return Path(folder) / f"{name}-{key}.journal"


class Journal:
    """One file, for as long as it is open."""

    def __init__(self, path: Path) -> None:
        """Open it, and keep others out.

        Raises:
            Locked: another process has it. ConfigurationError: it cannot be used.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
            try:
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._db.execute("PRAGMA synchronous = OFF")  # for a process that is killed, not for a power cut
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("BEGIN IMMEDIATE")
                for statement in LAYOUT.strip().split(";\n"):
                    self._db.execute(statement)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.close()
                raise
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Locked(f"{path}: another process has it") from None
            raise ConfigurationError(f"journal {path}: {error}") from None
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(f"journal {path}: {error}; remove it, or set REKUEST_JOURNAL") from None
        self._open = False

    def session(self) -> str | None:
        """The session that the last process left."""
        row = self._db.execute("SELECT id FROM session").fetchone()
        return str(row[0]) if row else None

    def begin(self, session: str) -> bool:
        """From now on this is the session; what another one left to be sent is dropped. Whether it is another one."""
        if self.session() == session:
            return False
        self._write("INSERT OR REPLACE INTO session VALUES (1, ?)", [(session,)])
        self._write("DELETE FROM reports", [()])
        self.commit()
        return True

    def reports(self) -> list[Report]:
        """What the last process could not know to have arrived, in its order."""
        found: list[Report] = []
        for (frame,) in self._db.execute("SELECT frame FROM reports ORDER BY number"):
            try:
                message = decode_from_agent(frame)
            except ProtocolError:
                continue  # of another version; its task will end as lost
            if isinstance(message, Report):
                found.append(message)
        return found

    def keep(self, reports: Sequence[Report]) -> None:
        """Keep ``reports`` from the next `commit` on."""
        rows = [(report.id, report.seq or 0, encode(report)) for report in reports]
        self._write("INSERT OR IGNORE INTO reports VALUES (?, ?, ?)", rows)

    def drop(self, ids: Iterable[str]) -> None:
        """They have arrived."""
        self._write("DELETE FROM reports WHERE id = ?", [(key,) for key in ids])

    def commit(self) -> None:
        if self._open:
            self._db.execute("COMMIT")
            self._open = False

    def close(self) -> bool:
        """Leave the file to others; one with nothing in it is removed. Whether it was."""
        self.commit()
        empty: bool = self._db.execute("SELECT count(*) FROM reports").fetchone()[0] == 0
        self._db.close()
        if empty:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return empty

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if not self._open:
            self._db.execute("BEGIN")
            self._open = True
        self._db.executemany(statement, rows)


class Locked(ConfigurationError):
    """Another process has the journal."""
