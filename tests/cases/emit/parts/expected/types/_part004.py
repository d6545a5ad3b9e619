"""Classes that the nodes of this package take and give."""

from rekuest_codegen import runtime as _rt

from ._part001 import Inner

__all__ = ["Model2"]


class Model2(_rt.Model):
    """MODEL @lab/model_2"""

    inner: Inner
