"""The rest of annotated_types and of pydantic's own words for what is checked."""

from datetime import datetime
from typing import Annotated

import annotated_types as at
from pydantic import AfterValidator, PlainSerializer, StringConstraints, conint

from rekuest_codegen import register


@register
def words(
    name: Annotated[str, StringConstraints(min_length=2, max_length=9, pattern="^a", to_lower=True)],
    told: Annotated[int, at.doc("What it is.")],
    length: Annotated[float, at.Unit("m"), PlainSerializer(str)],
    not_lower: Annotated[str, at.Not(str.islower)],
    moment: Annotated[datetime, at.Timezone(None)],
    checked: Annotated[int, AfterValidator(abs)],
) -> None:
    """Each says what it can."""


@register
def made(count: conint(ge=1), other: type(3)) -> None:
    """Types that calls make."""


@register
def computed(count: Annotated[int, at.Gt(len("abc" * count))]) -> None:
    """A bound nobody can read."""
