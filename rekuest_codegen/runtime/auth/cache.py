"""Tokens kept between runs, when somebody asked for it: one file each, readable by its owner alone.

The file lies in the user's state directory, is named by a hash of what the token is for, and is replaced in one step.
A file that others could have read or written, or that says nothing we understand, is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.auth.renewal import Grant
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.auth import Secret

PRIVATE = 0o600
MAX_FILE = 64 * 1024


class TokenFile:
    """Where the token for ``purpose`` (issuer, client, scope, …) is kept in ``folder``."""

    def __init__(self, folder: Path, purpose: Sequence[str]) -> None:
        name = hashlib.sha256(json.dumps(list(purpose)).encode()).hexdigest()
        self.path = folder / f"{name}.json"

    def read(self) -> Grant | None:
        """The token that is there, if it is still good or can be renewed."""
        try:
            with self.path.open("rb") as file:
                if not _is_private(os.fstat(file.fileno())):
                    return None
                kept: object = json.loads(file.read(MAX_FILE))
        except (OSError, ValueError, RecursionError):
            return None
        if not is_object(kept):
            return None
        token, ends, refresh = kept.get("token"), kept.get("ends"), kept.get("refresh")
        if not isinstance(token, str) or not token or not isinstance(ends, int | float | None):
            return None
        left = None if ends is None else max(0.0, float(ends) - time.time())
        return Grant(Secret(token), left, Secret(refresh) if isinstance(refresh, str) else None)

    def write(self, grant: Grant) -> None:
        """Keep ``grant`` in place of what was there.

        Raises:
            ConfigurationError: it cannot be written.
        """
        ends = None if grant.lifetime is None else time.time() + grant.lifetime
        text = json.dumps({"token": grant.token, "ends": ends, "refresh": grant.refresh})
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".token-")  # it makes them 0600
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                os.replace(temporary, self.path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise ConfigurationError(f"token cache {self.path.parent}: {error.strerror or error}") from None


def _is_private(status: os.stat_result) -> bool:
    if sys.platform == "win32":  # it knows no modes; the user's own folder is what protects the file there
        return True
    return status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & ~PRIVATE
