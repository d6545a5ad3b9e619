"""Fakes: of what comes back the kind is checked, once or many times; and a sweep keeps the type of its results."""

from typing import Any, assert_type

from mynodes.demo import acount, add, athreshold, count, make_image, threshold
from mynodes.types import Image
from rekuest_codegen import asweep, sweep
from rekuest_codegen.runtime.testing import Fake, fake

image = make_image("a")


def times(x: int, y: int) -> int:
    return x * y


assert_type(fake(add, returns=1), Fake)
fake(count, yields=[1, ValueError("tired")], raises=ValueError)
fake(acount, yields=iter([1]), everywhere=True)
fake(add, side_effect=times)
fake(add, raises=ValueError)
fake(add)


@fake(add, returns=1)
def decorated(x: int) -> str:
    return str(add(x))


text: str = decorated(1)
decorated("x")  # error: mypy[arg-type] pyright[reportArgumentType]
fake(add, yields=[1])  # error: mypy[arg-type] pyright[reportArgumentType]
fake(add, returns=1, raises=ValueError)  # error: mypy[call-overload] pyright[reportCallIssue]
fake(add, raises="no")  # error: mypy[call-overload] pyright[reportArgumentType]
fake(add, side_effect=3)  # error: mypy[call-overload] pyright[reportArgumentType]
fake(count, yields=1)  # error: mypy[call-overload] pyright[reportArgumentType]

for given, mask in sweep(threshold, image=[image], level=[0.3, 0.5]):
    assert_type(given, dict[str, Any])
    assert_type(mask, Image)
for _, number in sweep(add, x=[1]):
    wrong: str = number  # error: mypy[assignment] pyright[reportAssignmentType]


async def swept() -> None:
    async for _, mask in asweep(athreshold, image=[image]):
        assert_type(mask, Image)
