"""Constraints, in the words of other libraries."""

from typing import Annotated

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf
from arkitekt import EffectKind, SearchWidget, withEffect, withValidator
from pydantic import Field

from rekuest_codegen import register

QUERY = """query Find($search: String, $values: [ID!], $plate: ID) {
    options: samples(search: $search, values: $values, plate: $plate) { value: id, label: name } }"""


@register
def limited(
    a: Annotated[int, Gt(1), Le(5)],
    b: Annotated[int, Ge(1), Lt(5), MultipleOf(2)],
    c: Annotated[float, Interval(gt=0, le=1)],
    d: Annotated[list[Annotated[int, Gt(0)]], Len(1, 3)],
    e: Annotated[str, MinLen(1), MaxLen(9)],
    f: Annotated[str, Field(pattern="^a", description="Begins with a")],
    g: Annotated[int, withValidator("value > a and b[0].c in [1, 'x']", "not so", label="Odd")],
    h: Annotated[str, withEffect(EffectKind.HIDE, "not a == 3")],
    i: Annotated[str, SearchWidget(QUERY, ward="lab", dependencies=["plate"])],
    plate: str,
) -> None:
    """Limited."""
