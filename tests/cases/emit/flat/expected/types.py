"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

__all__ = ["Image"]


class Image(_rt.Reference, identifier="@lab/image"):
    """STRUCTURE @lab/image"""
