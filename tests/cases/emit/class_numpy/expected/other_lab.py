"""Nodes of the app other lab."""

from rekuest_codegen import runtime as _rt

from .types import LabImage, OtherImage, Point_10bfe3

__all__ = ["BorrowArgs", "LabImage", "OtherImage", "Point_10bfe3", "aborrow", "borrow"]


class BorrowArgs(_rt.Arguments):
    """Arguments of `borrow`."""

    image: LabImage
    point: Point_10bfe3


_BORROW: _rt.Remote[OtherImage] = _rt.remote(
    app="other lab",
    key="borrow",
    version="1",
    hash="fc0c3bf4ee432da6f74ea166dcd9cfce6106e9a01931af8c0abc549ea2887661",
    ports='{"args":[{"identifier":"@lab/image","key":"image","kind":"STRUCTURE"},{"children":[{"key":"z","kind":"FLOAT"}],"identifier":"@lab/point","key":"point","kind":"MODEL"}],"returns":[{"identifier":"@other/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=BorrowArgs,
    types={
        "@lab/image": LabImage,
        "@lab/point": Point_10bfe3,
        "@other/image": OtherImage,
    },
)


def borrow(image: LabImage, point: Point_10bfe3) -> OtherImage:
    """borrow

    Parameters
    ----------
    image
        STRUCTURE @lab/image
    point
        MODEL @lab/point

    Returns
    -------
    OtherImage
        STRUCTURE @other/image

    Raises
    ------
    ArgumentError
        An argument does not fit; nothing was sent.
    NodeError
        The node itself failed.
    """
    return _rt.call(_BORROW, {"image": image, "point": point})


async def aborrow(image: LabImage, point: Point_10bfe3) -> OtherImage:
    """borrow

    Parameters
    ----------
    image
        STRUCTURE @lab/image
    point
        MODEL @lab/point

    Returns
    -------
    OtherImage
        STRUCTURE @other/image

    Raises
    ------
    ArgumentError
        An argument does not fit; nothing was sent.
    NodeError
        The node itself failed.
    """
    return await _rt.acall(_BORROW, {"image": image, "point": point})
