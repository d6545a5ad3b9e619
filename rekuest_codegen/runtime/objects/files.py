"""A file as a value: its content goes to the store, its name along with the reference.

A `pathlib.Path` is no port: it means nothing on another machine, and a function that returned a path would give away
whatever lies there. ``File(path)`` says that the content is meant.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Self

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.runtime.objects.pointers import Pointer, read_named, with_name
from rekuest_codegen.runtime.objects.settings import current_store
from rekuest_codegen.runtime.types import Instance


class File(Instance):
    """A file, here or in the store. What a node gave is fetched when `path` or `read_bytes` is asked for.

    What is fetched lies in a temporary folder that is gone when the `File` is, or the process ends.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """The file at ``path``; it is read when it is sent."""
        self._path: Path | None = Path(path)
        self._pointer: Pointer | None = None
        self._name = self._path.name
        self._fetching = threading.Lock()

    @classmethod
    def get_identifier(cls) -> str:
        return "@rekuest/file"

    @property
    def name(self) -> str:
        """The name it had where it came from, safe to use here."""
        return self._name

    @property
    def path(self) -> Path:
        """Where it is on this machine; fetched if need be.

        Raises:
            ProtocolError, ConnectionLost, ConfigurationError, MissingExtraError: the store fails.
        """
        with self._fetching:
            if self._path is None:
                assert self._pointer is not None  # noqa: S101 - it has one of the two
                folder = tempfile.mkdtemp(prefix="rekuest-codegen-")
                weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
                current_store().get_file(self._pointer, Path(folder) / self._name)
                self._path = Path(folder) / self._name
            return self._path

    async def apath(self) -> Path:
        """`path`, fetched in a thread."""
        return await asyncio.to_thread(lambda: self.path)

    def read_bytes(self) -> bytes:
        """The content."""
        if self._path is None and self._pointer is not None:
            return bytes(current_store().get(self._pointer))
        return self.path.read_bytes()

    async def ashrink(self) -> str:
        if self._pointer is None:
            self._pointer = await asyncio.to_thread(lambda: current_store().put_file(self.path))
        return with_name(self._pointer, self._name)

    @classmethod
    async def aexpand(cls, value: str) -> Self:
        try:
            pointer, name = read_named(value)
        except ValueError as error:
            raise ArgumentError("$", str(error)) from None
        file = cls(name)
        file._path, file._pointer = None, pointer
        return file

    def __repr__(self) -> str:
        return f"File({self._name!r})"
