"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

__all__ = ["Inner"]


class Inner(_rt.Model):
    """MODEL @lab/inner"""

    n: int
