"""Nodes of the app demo."""

import collections.abc as _abc
import datetime as _dt
import typing as _t

from rekuest_codegen import runtime as _rt

from .types import Camera, Colour, Image, Point

__all__ = [
    "AddArgs",
    "Camera",
    "Colour",
    "CountArgs",
    "DescribeArgs",
    "DescribeResult",
    "DoubleArgs",
    "ExposeArgs",
    "FailArgs",
    "GreetArgs",
    "Image",
    "MakeImageArgs",
    "MeasureArgs",
    "MixArgs",
    "MoveArgs",
    "NoteArgs",
    "OpenCameraArgs",
    "Point",
    "PostponeArgs",
    "RecordArgs",
    "SnapArgs",
    "SummariseArgs",
    "ThresholdArgs",
    "aadd",
    "acount",
    "add",
    "adescribe",
    "adouble",
    "aexpose",
    "afail",
    "agreet",
    "amake_image",
    "ameasure",
    "amix",
    "amove",
    "anote",
    "aopen_camera",
    "apostpone",
    "arecord",
    "asnap",
    "asummarise",
    "athreshold",
    "count",
    "describe",
    "double",
    "expose",
    "fail",
    "greet",
    "make_image",
    "measure",
    "mix",
    "move",
    "note",
    "open_camera",
    "postpone",
    "record",
    "snap",
    "summarise",
    "threshold",
]


class AddArgs(_rt.Arguments):
    """Arguments of `add`."""

    x: int
    y: int | None = 1


_ADD: _rt.Remote[int] = _rt.remote(
    app="demo",
    key="add",
    version="1",
    hash="d32780b4455ed11f83f7cd71374598ce33f3a4300f9e69bf6a7fb7234b0f809f",
    ports='{"args":[{"key":"x","kind":"INT"},{"default":1,"key":"y","kind":"INT","nullable":true}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=AddArgs,
    types={},
)


def add(x: int, y: int | None = 1) -> int:
    """Add two numbers.

    Args:
        x: The first summand.
        y: The second summand.

    Returns:
        The sum.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_ADD, {"x": x, "y": y})


async def aadd(x: int, y: int | None = 1) -> int:
    """Add two numbers.

    Args:
        x: The first summand.
        y: The second summand.

    Returns:
        The sum.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_ADD, {"x": x, "y": y})


class CountArgs(_rt.Arguments):
    """Arguments of `count`."""

    to: int
    delay: float | None = 0.0


_COUNT: _rt.Remote[int] = _rt.remote(
    app="demo",
    key="count",
    version="1",
    hash="32def822c102f90a857b66ff8d0832871433f3836f4e04464cf938825a295ac6",
    ports='{"args":[{"key":"to","kind":"INT"},{"default":0.0,"key":"delay","kind":"FLOAT","nullable":true}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=CountArgs,
    types={},
)


def count(to: int, delay: float | None = 0.0) -> _abc.Generator[int, None, None]:
    """Count from one, with a pause between.

    Args:
        to: An integer.
        delay: A number.

    Yields:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.stream(_COUNT, {"to": to, "delay": delay})


def acount(to: int, delay: float | None = 0.0) -> _abc.AsyncGenerator[int, None]:
    """Count from one, with a pause between.

    Args:
        to: An integer.
        delay: A number.

    Yields:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.astream(_COUNT, {"to": to, "delay": delay})


class DescribeArgs(_rt.Arguments):
    """Arguments of `describe`."""

    image: Image


class DescribeResult(_t.NamedTuple):
    """What `describe` gives back."""

    return0: str
    return1: int


_DESCRIBE: _rt.Remote[DescribeResult] = _rt.remote(
    app="demo",
    key="describe",
    version="1",
    hash="334cf810b0e78e222fbacbc43fd03fc7d276df01be238ccecedb1a8d0e711202",
    ports='{"args":[{"identifier":"@demo/image","key":"image","kind":"STRUCTURE"}],"returns":[{"key":"return0","kind":"STRING"},{"key":"return1","kind":"INT"}]}',
    arguments=DescribeArgs,
    types={"@demo/image": Image},
    result=DescribeResult,
)


def describe(image: Image) -> DescribeResult:
    """Describe an image.

    Args:
        image: STRUCTURE @demo/image

    Returns:
        return0: Its name, and the number of its pixels.
        return1: An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_DESCRIBE, {"image": image})


async def adescribe(image: Image) -> DescribeResult:
    """Describe an image.

    Args:
        image: STRUCTURE @demo/image

    Returns:
        return0: Its name, and the number of its pixels.
        return1: An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_DESCRIBE, {"image": image})


class DoubleArgs(_rt.Arguments):
    """Arguments of `double`."""

    thing: int | str


_DOUBLE: _rt.Remote[int | str] = _rt.remote(
    app="demo",
    key="double",
    version="1",
    hash="fdfde2ef5f87ef61483b1668efef13854c2534449828dd705c091fd806991994",
    ports='{"args":[{"children":[{"key":"0","kind":"INT"},{"key":"1","kind":"STRING"}],"key":"thing","kind":"UNION"}],"returns":[{"children":[{"key":"0","kind":"INT"},{"key":"1","kind":"STRING"}],"key":"return0","kind":"UNION"}]}',
    arguments=DoubleArgs,
    types={},
)


def double(thing: int | str) -> int | str:
    """Double a number, or repeat a text.

    Args:
        thing: One of several types.

    Returns:
        One of several types.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_DOUBLE, {"thing": thing})


async def adouble(thing: int | str) -> int | str:
    """Double a number, or repeat a text.

    Args:
        thing: One of several types.

    Returns:
        One of several types.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_DOUBLE, {"thing": thing})


class ExposeArgs(_rt.Arguments):
    """Arguments of `expose`."""

    duration: _rt.Quantity


_EXPOSE: _rt.Remote[_rt.Quantity] = _rt.remote(
    app="demo",
    key="expose",
    version="1",
    hash="d2b012a02516a70e60d322af732cec2409293c27a3f9041164f1bc4b083769ae",
    ports='{"args":[{"key":"duration","kind":"QUANTITY","reference_unit":"second"}],"returns":[{"key":"return0","kind":"QUANTITY","reference_unit":"second"}]}',
    arguments=ExposeArgs,
    types={},
)


def expose(duration: _rt.Quantity) -> _rt.Quantity:
    """Expose for a while; gives back how long it was, twice the time asked for.

    Args:
        duration: A quantity. Measured in second.

    Returns:
        A quantity.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_EXPOSE, {"duration": duration})


async def aexpose(duration: _rt.Quantity) -> _rt.Quantity:
    """Expose for a while; gives back how long it was, twice the time asked for.

    Args:
        duration: A quantity. Measured in second.

    Returns:
        A quantity.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_EXPOSE, {"duration": duration})


class FailArgs(_rt.Arguments):
    """Arguments of `fail`."""

    reason: str


_FAIL: _rt.Remote[int] = _rt.remote(
    app="demo",
    key="fail",
    version="1",
    hash="7d132d0f7bed643365b789ac6758048f82b81481dc35578c1eeb1d0ddfe6e00b",
    ports='{"args":[{"key":"reason","kind":"STRING"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=FailArgs,
    types={},
)


def fail(reason: str) -> int:
    """Fail, to show what a caller sees of it.

    Args:
        reason: Text.

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_FAIL, {"reason": reason})


async def afail(reason: str) -> int:
    """Fail, to show what a caller sees of it.

    Args:
        reason: Text.

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_FAIL, {"reason": reason})


class GreetArgs(_rt.Arguments):
    """Arguments of `greet`."""

    name: str
    shout: bool | None = False


_GREET: _rt.Remote[str] = _rt.remote(
    app="demo",
    key="greet",
    version="1",
    hash="a6c9f7276067f1e3c3e689972480e6d8ba0f39c5d111ee74865aa557e176750e",
    ports='{"args":[{"key":"name","kind":"STRING"},{"default":false,"key":"shout","kind":"BOOL","nullable":true}],"returns":[{"key":"return0","kind":"STRING"}]}',
    arguments=GreetArgs,
    types={},
)


def greet(name: str, shout: bool | None = False) -> str:
    """Greet somebody.

    Args:
        name: Text.
        shout: True or false.

    Returns:
        Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_GREET, {"name": name, "shout": shout})


async def agreet(name: str, shout: bool | None = False) -> str:
    """Greet somebody.

    Args:
        name: Text.
        shout: True or false.

    Returns:
        Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_GREET, {"name": name, "shout": shout})


class MakeImageArgs(_rt.Arguments):
    """Arguments of `make_image`."""

    name: str
    width: int | None = 64
    height: int | None = 64


_MAKE_IMAGE: _rt.Remote[Image] = _rt.remote(
    app="demo",
    key="make_image",
    version="1",
    hash="4ebbf7a93b9a5a1c79184ac2e8793eb45ce4cc970f006c84a2c3cf31d29f6f85",
    ports='{"args":[{"key":"name","kind":"STRING"},{"default":64,"key":"width","kind":"INT","nullable":true},{"default":64,"key":"height","kind":"INT","nullable":true}],"returns":[{"identifier":"@demo/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=MakeImageArgs,
    types={"@demo/image": Image},
)


def make_image(name: str, width: int | None = 64, height: int | None = 64) -> Image:
    """Make a synthetic image.

    Args:
        name: Text.
        width: An integer.
        height: An integer.

    Returns:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_MAKE_IMAGE, {"name": name, "width": width, "height": height})


async def amake_image(
    name: str,
    width: int | None = 64,
    height: int | None = 64,
) -> Image:
    """Make a synthetic image.

    Args:
        name: Text.
        width: An integer.
        height: An integer.

    Returns:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(
        _MAKE_IMAGE,
        {"name": name, "width": width, "height": height},
    )


class MeasureArgs(_rt.Arguments):
    """Arguments of `measure`."""

    source: _rt.Reference


_MEASURE: _rt.Remote[int] = _rt.remote(
    app="demo",
    key="measure",
    version="1",
    hash="2fcf204fc3eaebe711236b16caf64d406d99aa82214e27465a432ad8140a2934",
    ports='{"args":[{"identifier":"@demo/drawable","key":"source","kind":"INTERFACE"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=MeasureArgs,
    types={},
)


def measure(source: _rt.Reference) -> int:
    """Measure the area of anything drawable.

    Args:
        source: INTERFACE @demo/drawable

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_MEASURE, {"source": source})


async def ameasure(source: _rt.Reference) -> int:
    """Measure the area of anything drawable.

    Args:
        source: INTERFACE @demo/drawable

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_MEASURE, {"source": source})


class MixArgs(_rt.Arguments):
    """Arguments of `mix`."""

    one: Colour
    other: Colour
    method: _t.Literal["light", "paint"] | None = "light"


_MIX: _rt.Remote[Colour] = _rt.remote(
    app="demo",
    key="mix",
    version="1",
    hash="f30bb7327820140c81780170c61be91d2dfa8353f1cd54386df422a5a478a286",
    ports='{"args":[{"choices":[{"label":"RED","value":"RED"},{"label":"GREEN","value":"GREEN"},{"label":"BLUE","value":"BLUE"},{"label":"YELLOW","value":"YELLOW"}],"identifier":"@rekuest_codegen.demo.provider/colour","key":"one","kind":"ENUM"},{"choices":[{"label":"RED","value":"RED"},{"label":"GREEN","value":"GREEN"},{"label":"BLUE","value":"BLUE"},{"label":"YELLOW","value":"YELLOW"}],"identifier":"@rekuest_codegen.demo.provider/colour","key":"other","kind":"ENUM"},{"choices":[{"label":"light","value":"light"},{"label":"paint","value":"paint"}],"default":"light","identifier":"@literal/light_paint","key":"method","kind":"ENUM","nullable":true}],"returns":[{"choices":[{"label":"RED","value":"RED"},{"label":"GREEN","value":"GREEN"},{"label":"BLUE","value":"BLUE"},{"label":"YELLOW","value":"YELLOW"}],"identifier":"@rekuest_codegen.demo.provider/colour","key":"return0","kind":"ENUM"}]}',
    arguments=MixArgs,
    types={"@rekuest_codegen.demo.provider/colour": Colour},
)


def mix(
    one: Colour,
    other: Colour,
    method: _t.Literal["light", "paint"] | None = "light",
) -> Colour:
    """Mix two colours.

    Args:
        one: A colour of light.
        other: A colour of light.
        method: One of several choices.

    Returns:
        A colour of light.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_MIX, {"one": one, "other": other, "method": method})


async def amix(
    one: Colour,
    other: Colour,
    method: _t.Literal["light", "paint"] | None = "light",
) -> Colour:
    """Mix two colours.

    Args:
        one: A colour of light.
        other: A colour of light.
        method: One of several choices.

    Returns:
        A colour of light.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_MIX, {"one": one, "other": other, "method": method})


class MoveArgs(_rt.Arguments):
    """Arguments of `move`."""

    point: Point
    by: float | None = 1.0


_MOVE: _rt.Remote[Point] = _rt.remote(
    app="demo",
    key="move",
    version="1",
    hash="2d2ed44bd666f6ee83779ad7497f336de77dfc0ca0f1d508b59f9b8b01aabfd3",
    ports='{"args":[{"children":[{"key":"x","kind":"FLOAT"},{"key":"y","kind":"FLOAT"},{"key":"label","kind":"STRING","nullable":true}],"identifier":"@rekuest_codegen.demo.provider/point","key":"point","kind":"MODEL"},{"default":1.0,"key":"by","kind":"FLOAT","nullable":true}],"returns":[{"children":[{"key":"x","kind":"FLOAT"},{"key":"y","kind":"FLOAT"},{"key":"label","kind":"STRING","nullable":true}],"identifier":"@rekuest_codegen.demo.provider/point","key":"return0","kind":"MODEL"}]}',
    arguments=MoveArgs,
    types={"@rekuest_codegen.demo.provider/point": Point},
)


def move(point: Point, by: float | None = 1.0) -> Point:
    """Move a point along the diagonal.

    Args:
        point: A place on the stage.
        by: A number.

    Returns:
        A place on the stage.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_MOVE, {"point": point, "by": by})


async def amove(point: Point, by: float | None = 1.0) -> Point:
    """Move a point along the diagonal.

    Args:
        point: A place on the stage.
        by: A number.

    Returns:
        A place on the stage.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_MOVE, {"point": point, "by": by})


class NoteArgs(_rt.Arguments):
    """Arguments of `note`."""

    message: str


_NOTE: _rt.Remote[None] = _rt.remote(
    app="demo",
    key="note",
    version="1",
    hash="d5fd233226a98055cc7e6868c3a42890cddf3d149c119f67ef22fa359e189f9c",
    ports='{"args":[{"key":"message","kind":"STRING"}],"returns":[]}',
    arguments=NoteArgs,
    types={},
)


def note(message: str) -> None:
    """Take note of something; there is nothing to give back.

    Args:
        message: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_NOTE, {"message": message})


async def anote(message: str) -> None:
    """Take note of something; there is nothing to give back.

    Args:
        message: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_NOTE, {"message": message})


class OpenCameraArgs(_rt.Arguments):
    """Arguments of `open_camera`."""

    name: str


_OPEN_CAMERA: _rt.Remote[Camera] = _rt.remote(
    app="demo",
    key="open_camera",
    version="1",
    hash="0cef74161eab840e6f97bb08136b6740778d3f55e741b4d9c893b834d9877e74",
    ports='{"args":[{"key":"name","kind":"STRING"}],"returns":[{"identifier":"@demo/camera","key":"return0","kind":"MEMORY_STRUCTURE"}]}',
    arguments=OpenCameraArgs,
    types={"@demo/camera": Camera},
)


def open_camera(name: str) -> Camera:
    """Open a camera.

    Args:
        name: Text.

    Returns:
        MEMORY_STRUCTURE @demo/camera

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_OPEN_CAMERA, {"name": name})


async def aopen_camera(name: str) -> Camera:
    """Open a camera.

    Args:
        name: Text.

    Returns:
        MEMORY_STRUCTURE @demo/camera

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_OPEN_CAMERA, {"name": name})


class PostponeArgs(_rt.Arguments):
    """Arguments of `postpone`."""

    moment: _dt.datetime
    days: int | None = 1


_POSTPONE: _rt.Remote[_dt.datetime] = _rt.remote(
    app="demo",
    key="postpone",
    version="1",
    hash="c3b4b5ab3184a50a758de1c0560bb5b62f12a0ca939f19bdd1aa9caf149c5cf7",
    ports='{"args":[{"key":"moment","kind":"DATE"},{"default":1,"key":"days","kind":"INT","nullable":true}],"returns":[{"key":"return0","kind":"DATE"}]}',
    arguments=PostponeArgs,
    types={},
)


def postpone(moment: _dt.datetime, days: int | None = 1) -> _dt.datetime:
    """Postpone a moment by some days.

    Args:
        moment: A date and time.
        days: An integer.

    Returns:
        A date and time.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_POSTPONE, {"moment": moment, "days": days})


async def apostpone(moment: _dt.datetime, days: int | None = 1) -> _dt.datetime:
    """Postpone a moment by some days.

    Args:
        moment: A date and time.
        days: An integer.

    Returns:
        A date and time.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_POSTPONE, {"moment": moment, "days": days})


class RecordArgs(_rt.Arguments):
    """Arguments of `record`."""

    frames: int | None = 3


_RECORD: _rt.Remote[Image] = _rt.remote(
    app="demo",
    key="record",
    version="1",
    hash="c8aa1ab456ea8f3490502fa429b8284b4557f8e371d92d0d394f8aed00c7f733",
    ports='{"args":[{"default":3,"key":"frames","kind":"INT","nullable":true}],"returns":[{"identifier":"@demo/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=RecordArgs,
    types={"@demo/image": Image},
)


def record(frames: int | None = 3) -> _abc.Generator[Image, None, None]:
    """Record some frames.

    Args:
        frames: An integer.

    Yields:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.stream(_RECORD, {"frames": frames})


def arecord(frames: int | None = 3) -> _abc.AsyncGenerator[Image, None]:
    """Record some frames.

    Args:
        frames: An integer.

    Yields:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.astream(_RECORD, {"frames": frames})


class SnapArgs(_rt.Arguments):
    """Arguments of `snap`."""

    camera: Camera


_SNAP: _rt.Remote[Image] = _rt.remote(
    app="demo",
    key="snap",
    version="1",
    hash="2641d91ee322c29e8969ee6eb7dd7e48a35cf590a3784a721611ae610f29259c",
    ports='{"args":[{"identifier":"@demo/camera","key":"camera","kind":"MEMORY_STRUCTURE"}],"returns":[{"identifier":"@demo/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=SnapArgs,
    types={"@demo/camera": Camera, "@demo/image": Image},
)


def snap(camera: Camera) -> Image:
    """Take an image with an opened camera.

    Args:
        camera: MEMORY_STRUCTURE @demo/camera

    Returns:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_SNAP, {"camera": camera})


async def asnap(camera: Camera) -> Image:
    """Take an image with an opened camera.

    Args:
        camera: MEMORY_STRUCTURE @demo/camera

    Returns:
        STRUCTURE @demo/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_SNAP, {"camera": camera})


class SummariseArgs(_rt.Arguments):
    """Arguments of `summarise`."""

    samples: list[float]


_SUMMARISE: _rt.Remote[dict[str, float]] = _rt.remote(
    app="demo",
    key="summarise",
    version="1",
    hash="f096bd8ebd56106549c6a02323560f6ca433f92a292e4329895393e61062e123",
    ports='{"args":[{"children":[{"key":"...","kind":"FLOAT"}],"key":"samples","kind":"LIST"}],"returns":[{"children":[{"key":"...","kind":"FLOAT"}],"key":"return0","kind":"DICT"}]}',
    arguments=SummariseArgs,
    types={},
)


def summarise(samples: list[float]) -> dict[str, float]:
    """Summarise samples by their mean and median.

    Args:
        samples: A list.

    Returns:
        A dictionary.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_SUMMARISE, {"samples": samples})


async def asummarise(samples: list[float]) -> dict[str, float]:
    """Summarise samples by their mean and median.

    Args:
        samples: A list.

    Returns:
        A dictionary.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_SUMMARISE, {"samples": samples})


class ThresholdArgs(_rt.Arguments):
    """Arguments of `threshold`."""

    image: Image
    level: float | None = 0.5


_THRESHOLD: _rt.Remote[Image] = _rt.remote(
    app="demo",
    key="threshold",
    version="1",
    hash="43bcfa0fbe4d6430025894b132e1d1e0b9b05df6e4c6587db76e187ed1c0ec32",
    ports='{"args":[{"identifier":"@demo/image","key":"image","kind":"STRUCTURE"},{"default":0.5,"key":"level","kind":"FLOAT","nullable":true}],"returns":[{"identifier":"@demo/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=ThresholdArgs,
    types={"@demo/image": Image},
)


def threshold(image: Image, level: float | None = 0.5) -> Image:
    """Threshold an image.

    Pixels at or above the level become white, all others black.

    Args:
        image: The image to threshold.
        level: Where white begins, from 0 to 1. A dialog offers 0.0 to 1.0.

    Returns:
        The mask.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_THRESHOLD, {"image": image, "level": level})


async def athreshold(image: Image, level: float | None = 0.5) -> Image:
    """Threshold an image.

    Pixels at or above the level become white, all others black.

    Args:
        image: The image to threshold.
        level: Where white begins, from 0 to 1. A dialog offers 0.0 to 1.0.

    Returns:
        The mask.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_THRESHOLD, {"image": image, "level": level})
