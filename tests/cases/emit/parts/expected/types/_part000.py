"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

__all__ = ["Mode"]


class Mode(_rt.Choices):
    """ENUM @lab/mode"""

    FAST = "FAST"
    SLOW = "SLOW"
    class_ = "class"
