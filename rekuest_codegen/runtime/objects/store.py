"""The store: content by its sha256, in a local folder, in S3, or wherever else obstore reaches.

Objects are written whole or not at all, and never changed: two who write the same content write the same object.
What is read is checked against the digest it was asked for by, so that nobody who can write to the store can pass one
thing off as another. Everything here blocks; callers in a loop go through a thread.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

from rekuest_codegen.errors import (
    ArgumentError,
    ConfigurationError,
    ConnectionLost,
    MissingExtraError,
    ProtocolError,
)
from rekuest_codegen.runtime.objects.pointers import MAX_INLINE, Inline, Pointer, Stored

if TYPE_CHECKING:
    from obstore.store import ObjectStore

INLINE = 16 * 1024
"""Bytes up to which an object travels in the reference itself, unless the store is told otherwise."""
LIMIT = 4 * 1024**3
"""Bytes of the largest object that is stored or fetched, unless the store is told otherwise."""
CHUNK = 8 * 1024 * 1024
CONNECT_WITHIN = 5
TRY_FOR = 60


class Store:
    """Objects at ``url`` (``file:///folder``, ``s3://bucket/prefix``, …)."""

    def __init__(self, url: str | os.PathLike[str], *, inline: int = INLINE, limit: int = LIMIT) -> None:
        """Opens nothing yet. ``inline`` and ``limit`` are in bytes; the path of a folder is its address too.

        Raises:
            ConfigurationError: ``url`` is no address of a store, or a size makes no sense.
        """
        url = _address(url)
        sizes: dict[str, object] = {"inline": inline, "limit": limit}
        for name, size in sizes.items():
            if not isinstance(size, int) or isinstance(size, bool):
                raise ConfigurationError(f"object store: {name} {size!r}: expected a number of bytes")
        if not 0 <= inline <= MAX_INLINE:
            raise ConfigurationError(f"object store: inline {inline}: expected 0 to {MAX_INLINE} bytes")
        if limit <= 0:
            raise ConfigurationError(f"object store: limit {limit}: expected a number of bytes")
        self.url = url
        self.inline = inline
        self.limit = limit
        self._opened: ObjectStore | None = None
        self._opened_in = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Store) and (self.url, self.inline, self.limit) == (
            other.url,
            other.inline,
            other.limit,
        )

    def __hash__(self) -> int:
        return hash(self.url)

    def __repr__(self) -> str:
        return f"Store({self.url!r})"

    def put(self, content: bytes | memoryview) -> Pointer:
        """Keep ``content``; gives what points to it. What is there already is not written again.

        Raises:
            ArgumentError: it is larger than allowed. ConfigurationError, ConnectionLost: the store fails.
            MissingExtraError: the extra ``objects`` is not installed.
        """
        view = memoryview(content).cast("B")
        if view.nbytes <= self.inline:
            return Inline(bytes(view))
        self._check_size(view.nbytes)
        pointer = Stored(hashlib.sha256(view).hexdigest(), view.nbytes)
        self._write(pointer, view)
        return pointer

    def put_file(self, path: Path) -> Pointer:
        """Keep the content of the file at ``path``, without reading all of it at once.

        Raises:
            ArgumentError: it cannot be read. The rest as `put`.
        """
        try:
            size = path.stat().st_size
            if size <= self.inline:
                return self.put(path.read_bytes())
            self._check_size(size)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ArgumentError("$", f"{path}: {error.strerror or error}") from None
        pointer = Stored(digest, size)
        self._write(pointer, path)
        return pointer

    def get(self, pointer: Pointer) -> bytes | bytearray:
        """The content, the caller's own.

        Raises:
            ProtocolError: it is not there, not what the pointer says, or larger than allowed.
            ConfigurationError, ConnectionLost, MissingExtraError: as `put`.
        """
        if isinstance(pointer, Inline):
            return pointer.content
        answer = self._found(pointer)
        found, end = bytearray(pointer.size), 0
        for chunk in self._chunks(pointer, answer):
            start, end = end, end + len(chunk)
            found[start:end] = memoryview(chunk)
        return found

    def get_file(self, pointer: Pointer, path: Path) -> None:
        """Write the content to ``path``, whole or not at all. Raises as `get`."""
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".fetched-")
        try:
            with os.fdopen(handle, "wb") as file:
                self._copy(pointer, file)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _copy(self, pointer: Pointer, file: BinaryIO) -> None:
        if isinstance(pointer, Inline):
            file.write(pointer.content)
            return
        for chunk in self._chunks(pointer, self._found(pointer)):
            file.write(chunk)

    def _found(self, pointer: Stored) -> Any:
        """What obstore has under the pointer, of the size it should be."""
        import_obstore()
        import obstore

        if pointer.size > self.limit:
            raise ProtocolError(f"object {pointer}: larger than the {self.limit} bytes allowed")
        with self._translated(pointer):
            answer = obstore.get(self._store(), pointer.path)
        if answer.meta["size"] != pointer.size:
            raise ProtocolError(f"object {pointer}: has {answer.meta['size']} bytes in {self.url}")
        return answer

    def _chunks(self, pointer: Stored, answer: Any) -> Iterator[Any]:
        """The content; that it is what it should be is known when the last chunk was read."""
        digest, size = hashlib.sha256(), 0
        with self._translated(pointer):
            for chunk in answer.stream(min_chunk_size=CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > pointer.size:
                    break
                yield chunk
        if digest.hexdigest() != pointer.digest:
            raise ProtocolError(f"object {pointer}: what is in {self.url} is something else")

    def _write(self, pointer: Stored, content: memoryview | Path) -> None:
        import_obstore()
        import obstore

        with self._translated(pointer):
            store = self._store()
            with suppress(FileNotFoundError):
                if obstore.head(store, pointer.path)["size"] == pointer.size:
                    return
            whole: Any = content if isinstance(content, Path) else [content[i : i + CHUNK] for i in _steps(content)]
            obstore.put(store, pointer.path, whole)

    def _check_size(self, size: int) -> None:
        if size > self.limit:
            raise ArgumentError("$", f"an object of {size} bytes is larger than the {self.limit} allowed")

    def _store(self) -> ObjectStore:
        if self._opened is None or self._opened_in != os.getpid():  # a fork leaves obstore's threads behind
            self._opened = _open(self.url)
            self._opened_in = os.getpid()
        return self._opened

    @contextmanager
    def _translated(self, pointer: Stored) -> Generator[None]:
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except FileNotFoundError:
            text = "is not there; do caller and provider use the same store (REKUEST_OBJECTS)?"
            raise ProtocolError(f"object {pointer}: {self.url}: {text}") from None
        except (PermissionDeniedError, UnauthenticatedError, PermissionError):
            raise ConfigurationError(f"object store {self.url}: access denied; are its credentials set?") from None
        except (BaseError, OSError) as error:
            raise ConnectionLost(f"object store {self.url}: {_first_line(error)}") from None


def _address(given: object) -> str:
    """The address of a store.

    Raises:
        ConfigurationError: it is none.
    """
    if isinstance(given, os.PathLike) or (isinstance(given, str) and Path(given).is_absolute()):
        return Path(os.fspath(given)).absolute().as_uri()  # pyright: ignore[reportUnknownArgumentType] - any path
    if isinstance(given, str) and "@" in given.partition("?")[0]:
        raise ConfigurationError("object store: leave credentials out of the address, give them in the environment")
    problem = f"object store {given!r}: expected file:///folder or s3://bucket/prefix"
    if not isinstance(given, str):
        raise ConfigurationError(problem)
    try:
        parts = urlsplit(given)
    except ValueError:
        raise ConfigurationError(problem) from None
    match parts.scheme:
        case "file":
            if parts.netloc:
                raise ConfigurationError(f"{problem}; three slashes, as a folder has no host ({parts.netloc!r})")
            fits = parts.path.startswith("/") and parts.path.strip("/") != "" and not (parts.query or parts.fragment)
        case "s3" | "gs" | "az":
            fits = parts.netloc != ""
        case scheme:
            fits = scheme == "memory"
    if not fits:
        raise ConfigurationError(problem)
    return given


def import_obstore() -> None:
    """Raises MissingExtraError."""
    try:
        import obstore  # noqa: F401  # pyright: ignore[reportUnusedImport] - to see whether it is there
    except ModuleNotFoundError:
        raise MissingExtraError("the object store", "objects") from None


def _steps(content: memoryview) -> range:
    return range(0, max(content.nbytes, 1), CHUNK)


def _open(url: str) -> ObjectStore:
    from obstore.exceptions import BaseError
    from obstore.store import LocalStore, from_url

    try:
        if urlsplit(url).scheme == "file":
            folder = Path(unquote(urlsplit(url).path))
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # arguments are nobody else's business
            return LocalStore(folder)
        retry: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=TRY_FOR)}
        client: Any = {"connect_timeout": timedelta(seconds=CONNECT_WITHIN), "allow_http": _http_is_allowed()}
        opened: ObjectStore = from_url(url, client_options=client, retry_config=retry)
    except (BaseError, OSError, ValueError) as error:
        raise ConfigurationError(f"object store {url}: {_first_line(error)}") from None
    return opened


def _http_is_allowed() -> bool:
    """Options that are given take the place of those in the environment, so this one is read here."""
    return os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
