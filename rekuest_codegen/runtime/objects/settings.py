"""Which store is used: the one a program names, else ``REKUEST_OBJECTS``, else a folder of the user's."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from rekuest_codegen.errors import MissingExtraError
from rekuest_codegen.runtime.objects.store import INLINE, LIMIT, Store

_used: Store | None = None
_default: tuple[str, Store] | None = None
"""The one that nobody named, and what it was made from."""
is_lazy: ContextVar[bool] = ContextVar("rekuest_codegen_lazily", default=False)


def use_store(url: str | os.PathLike[str], *, inline: int = INLINE, limit: int = LIMIT) -> None:
    """Keep big objects at ``url``: ``file:///folder``, the path of a folder, ``s3://bucket/prefix``, or whatever else
    obstore reaches.

    What is not in the address (credentials, region, endpoint) comes from the environment, as the tools of that place
    have it: ``AWS_ACCESS_KEY_ID`` and the like. Objects of up to ``inline`` bytes travel in the call itself; larger
    ones than ``limit`` are refused.

    Raises:
        ConfigurationError: ``url`` is no address of a store, or a size makes no sense.
    """
    global _used
    _used = Store(url, inline=inline, limit=limit)


@contextmanager
def lazily() -> Generator[None]:
    """In this block calls give back references in place of stored objects, so that nothing is fetched before it is
    looked at: ``fetch(value)``, ``await afetch(value)``, and for arrays whatever numpy function they are given to.
    References are arguments like the objects themselves."""
    token = is_lazy.set(True)
    try:
        yield
    finally:
        is_lazy.reset(token)


def current_store() -> Store:
    """The store in force.

    Raises:
        ConfigurationError: ``REKUEST_OBJECTS`` is no address of a store. MissingExtraError.
    """
    global _default
    if _used is not None:
        return _used
    url = os.environ.get("REKUEST_OBJECTS") or _folder()
    if _default is None or _default[0] != url:
        _default = url, Store(url)
    return _default[1]


def _folder() -> str:
    try:
        from platformdirs import user_data_path
    except ModuleNotFoundError:
        raise MissingExtraError("the object store", "objects") from None
    return (user_data_path("rekuest-codegen", appauthor=False) / "objects").as_uri()
