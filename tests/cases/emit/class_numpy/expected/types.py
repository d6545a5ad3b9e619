"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

__all__ = [
    "AB_9de710",
    "AB_aad828",
    "Camera",
    "LabImage",
    "Mode",
    "OtherImage",
    "Point_10bfe3",
    "Point_879d73",
]


class AB_9de710(_rt.Choices):
    """ENUM @literal/a_b"""

    a = "a"
    b = "b"


class AB_aad828(_rt.Choices):
    """ENUM literal.a_b"""

    a = "a"
    b = "b"


class Camera(_rt.MemoryReference, identifier="@lab/camera"):
    """MEMORY_STRUCTURE @lab/camera"""


class LabImage(_rt.Reference, identifier="@lab/image"):
    """STRUCTURE @lab/image"""


class Mode(_rt.Choices):
    """ENUM @lab/mode"""

    FAST = "FAST"
    SLOW = "SLOW"
    class_ = "class"


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
    mode: Mode = Mode.SLOW
