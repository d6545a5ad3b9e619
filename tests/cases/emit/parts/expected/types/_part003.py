"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

from ._part001 import Inner

__all__ = ["Model1"]


class Model1(_rt.Model):
    """MODEL @lab/model_1"""

    inner: Inner
