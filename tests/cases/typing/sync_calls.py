"""Calls of the demo's functions from ordinary code: those that check, and those that must not."""

import datetime
from collections.abc import Generator, Iterator
from typing import assert_type

import mynodes
from mynodes import demo
from mynodes.demo import (
    Colour,
    DescribeResult,
    ThresholdArgs,
    add,
    count,
    describe,
    double,
    expose,
    make_image,
    measure,
    mix,
    move,
    note,
    open_camera,
    postpone,
    record,
    snap,
    summarise,
    threshold,
)
from mynodes.types import Camera, Image, Point
from rekuest_codegen import Quantity

image = make_image("a", width=32)
assert_type(image, Image)
assert_type(threshold(image), Image)
assert_type(threshold(image, 0.7), Image)
assert_type(threshold(image, level=None), Image)
assert_type(mynodes.demo.threshold(image), Image)
assert_type(demo.add(1), int)
assert_type(add(1, y=2), int)
assert_type(describe(image), DescribeResult)
assert_type(describe(image).return0, str)
name, pixels = describe(image)
assert_type(pixels, int)
assert_type(double(1), int | str)
assert_type(snap(open_camera("c")), Image)
assert_type(move(Point(x=1.0, y=2.0)), Point)
assert_type(move(Point(x=1.0, y=2.0)).label, str | None)
assert_type(summarise([1.0, 2.0]), dict[str, float])
assert_type(expose(Quantity(1.5, "s")), Quantity)
assert_type(postpone(datetime.datetime.now()), datetime.datetime)
assert_type(measure(image), int)
assert_type(measure(open_camera("c")), int)
assert_type(mix(Colour.RED, Colour.BLUE), Colour)
assert_type(ThresholdArgs(image=image).level, float | None)

# What it gives
text: str = add(1, 2)  # error: mypy[assignment] pyright[reportAssignmentType]
other: Camera = threshold(image)  # error: mypy[assignment] pyright[reportAssignmentType]
three, values, here = describe(image)  # error: mypy[misc] pyright[reportAssignmentType]
describe(image).return2  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
nothing = note("a")  # error: mypy[func-returns-value]

# Wrong types
add("1")  # error: mypy[arg-type] pyright[reportArgumentType]
add(1, y="2")  # error: mypy[arg-type] pyright[reportArgumentType]
threshold("an image")  # error: mypy[arg-type] pyright[reportArgumentType]
threshold(open_camera("c"))  # error: mypy[arg-type] pyright[reportArgumentType]
threshold(None)  # error: mypy[arg-type] pyright[reportArgumentType]
threshold(image, level="high")  # error: mypy[arg-type] pyright[reportArgumentType]
snap(image)  # error: mypy[arg-type] pyright[reportArgumentType]
measure(1)  # error: mypy[arg-type] pyright[reportArgumentType]
summarise(["a"])  # error: mypy[list-item] pyright[reportArgumentType]
summarise((1.0, 2.0))  # error: mypy[arg-type] pyright[reportArgumentType]
expose(1.5)  # error: mypy[arg-type] pyright[reportArgumentType]
postpone("2024-01-01")  # error: mypy[arg-type] pyright[reportArgumentType]
double(1.5)  # error: mypy[arg-type] pyright[reportArgumentType]
double([1])  # error: mypy[arg-type] pyright[reportArgumentType]

# Missing, unknown, too many, twice
threshold()  # error: mypy[call-arg] pyright[reportCallIssue]
threshold(level=0.5)  # error: mypy[call-arg] pyright[reportCallIssue]
threshold(image, levle=0.5)  # error: mypy[call-arg] pyright[reportCallIssue]
threshold(image, 0.5, 3)  # error: mypy[call-arg] pyright[reportCallIssue]
threshold(image, image=image)  # error: mypy[misc] pyright[reportCallIssue]
ThresholdArgs()  # error: mypy[call-arg] pyright[reportCallIssue]
ThresholdArgs(image=image, levle=0.5)  # error: mypy[call-arg] pyright[reportCallIssue]
ThresholdArgs(image="an image")  # error: mypy[arg-type] pyright[reportArgumentType]

# Members, fields, references
mix("RED", Colour.BLUE)  # error: mypy[arg-type] pyright[reportArgumentType]
Colour.PURPLE  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
Point(x=1.0)  # error: mypy[call-arg] pyright[reportCallIssue]
Point(x="left", y=1.0)  # error: mypy[arg-type] pyright[reportArgumentType]
move(Point(x=1.0, y=1.0)).z  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
Image(1)  # error: mypy[arg-type] pyright[reportArgumentType]
image.pixels  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]

# Streams
assert_type(count(3), Generator[int, None, None])
for number in count(to=3, delay=0.1):
    assert_type(number, int)
for frame in record():
    assert_type(frame, Image)
    threshold(frame)
assert_type(list(record(frames=2)), list[Image])
for frame in threshold(image):  # error: mypy[attr-defined] pyright[reportGeneralTypeIssues]
    pass
record()[0]  # error: mypy[index] pyright[reportIndexIssue]
record("3")  # error: mypy[arg-type] pyright[reportArgumentType]
stream_of_numbers: Iterator[int] = record()  # error: mypy[assignment] pyright[reportAssignmentType]

# What is not there
demo.treshold  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
mynodes.nowhere  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
