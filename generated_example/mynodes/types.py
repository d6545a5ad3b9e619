"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

__all__ = ["Camera", "Colour", "Image", "Point"]


class Camera(_rt.MemoryReference, identifier="@demo/camera"):
    """MEMORY_STRUCTURE @demo/camera"""


class Colour(_rt.Choices):
    """A colour of light."""

    RED = "RED"
    GREEN = "GREEN"
    BLUE = "BLUE"
    YELLOW = "YELLOW"


class Image(_rt.Reference, identifier="@demo/image"):
    """The image to threshold."""


class Point(_rt.Model):
    """A place on the stage."""

    x: float
    y: float
    label: str | None = None
