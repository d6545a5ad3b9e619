"""Many calls at once give what the one gives, whichever form is taken; streams can be closed."""

from contextlib import aclosing, closing
from typing import Any, assert_type

from mynodes.demo import acount, add, athreshold, count, make_image, threshold
from mynodes.types import Image
from rekuest_codegen import amap, asweep, map, sweep

image = make_image("a")
for mask in map(threshold, [image], level=0.7):
    assert_type(mask, Image)
for mask in map(athreshold, [image]):
    assert_type(mask, Image)
for pair in map(threshold, [image], indexed=True):
    assert_type(pair, tuple[int, Image])
for either in map(threshold, [image], return_exceptions=True):
    assert_type(either, Image | Exception)
for both in map(athreshold, [image], indexed=True, return_exceptions=True):
    assert_type(both, tuple[int, Image | Exception])
for given, number in sweep(add, x=[1], y=[2]):
    assert_type(given, dict[str, Any])
    assert_type(number, int)
for _, made in sweep(athreshold, {"image": [image]}, level=[0.7], ordered=False):
    assert_type(made, Image)
for _, one in sweep(add, x=[1], return_exceptions=True):
    assert_type(one, int | Exception)
map(add, [1]).close()
sweep(add, x=[1]).close()

map(add, 1)  # error: mypy[call-overload] pyright[reportCallIssue, reportArgumentType]
map(add, [1], concurrency="two")  # error: mypy[call-overload] pyright[reportCallIssue, reportArgumentType]
sweep(add, x=1)  # error: mypy[call-overload] pyright[reportCallIssue, reportArgumentType]
text: str = next(map(add, [1]))  # error: mypy[assignment] pyright[reportAssignmentType]

with closing(count(3)) as numbers:
    assert_type(next(numbers), int)
count(3).close()


async def many() -> None:
    async for mask in amap(threshold, [image], level=0.7):
        assert_type(mask, Image)
    async for pair in amap(athreshold, [image], indexed=True):
        assert_type(pair, tuple[int, Image])
    async for either in amap(athreshold, [image], return_exceptions=True):
        assert_type(either, Image | Exception)
    async for _, made in asweep(athreshold, image=[image]):
        assert_type(made, Image)
    async for _, found in asweep(threshold, {"image": [image]}):
        assert_type(found, Image)
    async with aclosing(acount(3)) as numbers:
        async for number in numbers:
            assert_type(number, int)
    await acount(3).aclose()
