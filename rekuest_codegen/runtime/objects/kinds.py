"""The classes that stand for stored ones in generated code: references that objects of those classes are taken for.

``NDArray`` is what pydantic sees where a type checker sees ``numpy.ndarray``: an array passes, and so does a
reference to one that a node gave back. No library is imported to tell.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, ClassVar, TypeVar, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from rekuest_codegen.runtime.objects.formats import FORMATS
from rekuest_codegen.runtime.objects.pointers import read_pointer
from rekuest_codegen.runtime.objects.settings import current_store
from rekuest_codegen.runtime.types import Reference

T = TypeVar("T")


class StoredReference(Reference):
    """An object in the store. ``stored`` names the class of the object."""

    stored: ClassVar[str] = ""

    @classmethod
    def is_one(cls, value: object) -> bool:
        """Whether ``value`` is an object of the class, or a reference to one."""
        if isinstance(value, Reference):
            return value.identifier == cls.identifier
        library, _, name = cls.stored.rpartition(".")
        known: Any = getattr(sys.modules.get(library), name, None)  # whoever holds such an object has imported it
        return known is not None and isinstance(value, known)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: object) -> object:
            if not cls.is_one(value):
                raise PydanticCustomError("not_one", "expected one")  # what is said of it is said elsewhere
            return value

        return core_schema.no_info_plain_validator_function(check)

    def load(self) -> Any:
        """The object, fetched now.

        Raises:
            ValueError: this is no reference into an object store, or what it leads to is of another kind.
            ProtocolError, ConnectionLost, ConfigurationError, MissingExtraError: the store fails.
        """
        return FORMATS[self.stored].decode(current_store().get(read_pointer(self.object)))

    async def aload(self) -> Any:
        """`load`, in a thread."""
        return await asyncio.to_thread(self.load)


class NDArray(StoredReference, identifier="@rekuest/ndarray"):
    """A numpy array in the store. Functions of numpy take it for the array, and fetch it then."""

    stored = "numpy.ndarray"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.load()
        return array if dtype is None else array.astype(dtype)


class PandasFrame(StoredReference, identifier="@rekuest/pandas-frame"):
    """A pandas frame in the store."""

    stored = "pandas.DataFrame"


class PolarsFrame(StoredReference, identifier="@rekuest/polars-frame"):
    """A polars frame in the store."""

    stored = "polars.DataFrame"


class Bytes(StoredReference, identifier="@rekuest/bytes"):
    """Bytes in the store."""

    stored = "builtins.bytes"


KINDS: dict[str, type[StoredReference]] = {kind.stored: kind for kind in (NDArray, PandasFrame, PolarsFrame, Bytes)}


def fetch(value: T) -> T:
    """The object that ``value`` refers to; ``value`` itself when it is none. Raises as `StoredReference.load`."""
    if isinstance(value, StoredReference):
        loaded: Any = value.load()
        return cast("T", loaded)
    return value


async def afetch(value: T) -> T:
    """`fetch`, in a thread."""
    return await asyncio.to_thread(fetch, value)
