"""Names in natural order, compared as a whole or piece by piece."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.emit import isort

NAMES = st.text("abBZ_0129é", min_size=1, max_size=6).filter(str.isidentifier)


def test_numbers_count_as_numbers() -> None:
    names = ["A", "CONSTANT", "Image10", "Image9", "Image9b", "image", "image1", "image10", "image2", "image_2"]
    order = ["CONSTANT", "A", "Image9", "Image9b", "Image10", "image", "image1", "image2", "image10", "image_2"]
    assert isort.sort_members(reversed(names)) == order
    assert isort.sort_members([*names, "image01"])[-4:] == ["image1", "image2", "image10", "image_2"]


@given(st.lists(NAMES, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_either_way_gives_one_order(names: list[str], shuffled: random.Random) -> None:
    made = isort.sort_members(names)
    piecewise = [name for name in isort.sort_members([*names, "x01", "x01é"]) if not name.startswith("x01")]
    assert made == piecewise
    shuffled.shuffle(names)
    assert isort.sort_members(names) == made
