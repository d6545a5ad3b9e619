"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

from ._part001 import Inner

__all__ = ["Model0"]


class Model0(_rt.Model):
    """MODEL @lab/model_0"""

    inner: Inner
