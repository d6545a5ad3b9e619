"""Classes that the nodes of this package take and give."""

import typing as _t

from rekuest_codegen import runtime as _rt

__all__ = ["Camera", "LabImage", "OtherImage", "Point_10bfe3", "Point_879d73"]


class Camera(_rt.MemoryReference, identifier="@lab/camera"):
    """MEMORY_STRUCTURE @lab/camera"""


class LabImage(_rt.Reference, identifier="@lab/image"):
    """STRUCTURE @lab/image"""


class OtherImage(_rt.Reference, identifier="@other/image"):
    """STRUCTURE @other/image"""


class Point_10bfe3(_rt.Model):
    """MODEL @lab/point"""

    z: float


class Point_879d73(_rt.Model):
    """Where it is."""

    x: float
    y: float = 0.0
    class_: str | None = _rt.Field(default=None, validation_alias="class")
    copy_: bool = _rt.Field(default=False, validation_alias="copy")
    mode: _t.Literal["FAST", "SLOW", "class"] = "SLOW"
