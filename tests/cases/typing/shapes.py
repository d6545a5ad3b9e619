"""What the demo has not: literals, keyword-only arguments, nested types, two models of one name."""

from typing import Literal, assert_type

from kinds import lab, types
from kinds.lab import LabImage, Mode, Point_879d73, constrained, defaults, everything, tick
from kinds.types import OtherImage, Point_10bfe3

defaults(required=1)
defaults(1, 2.0, required=1)
defaults(a_literal="a", required=1)
defaults(an_enum=Mode.class_, required=1)
assert_type(constrained(4, [2], "a", 0.5).mean_value, float)
assert_type(Point_879d73(x=1.0).mode, Mode)

# Keyword-only: it comes after those that may be left out
defaults()  # error: mypy[call-arg] pyright[reportCallIssue]
defaults(1, 1.0, "a", True, Mode.FAST, "a", [1], None, None, None, 1)  # error: mypy[call-arg] pyright[reportCallIssue]

# Literals and members
defaults(a_literal="c", required=1)  # error: mypy[arg-type] pyright[reportArgumentType]
defaults(an_enum="FAST", required=1)  # error: mypy[arg-type] pyright[reportArgumentType]
defaults(an_enum=Mode.MIDDLING, required=1)  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]


def choose(any_letter: str, known_letter: Literal["a", "b"]) -> None:
    defaults(a_literal=known_letter, required=1)
    defaults(a_literal=any_letter, required=1)  # error: mypy[arg-type] pyright[reportArgumentType]



# Lists, dicts, null
defaults(a_list=[1, 2], required=1)
defaults(a_list=["1"], required=1)  # error: mypy[list-item] pyright[reportArgumentType]
constrained(4, None, "a", 0.5)  # error: mypy[arg-type] pyright[reportArgumentType]
constrained(4.5, [2], "a", 0.5)  # error: mypy[arg-type] pyright[reportArgumentType]
for item in tick():
    assert_type(item, None)

# Two types of one name are two types
lab.record(3.0)
here: list[OtherImage] = list(lab.record(3.0))  # error: mypy[arg-type] pyright[reportAssignmentType]
there: LabImage = OtherImage("1")  # error: mypy[assignment] pyright[reportAssignmentType]
where: Point_879d73 = Point_10bfe3(z=1.0)  # error: mypy[assignment] pyright[reportAssignmentType]
types.Nothing  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
everything(1)  # error: mypy[call-arg] pyright[reportCallIssue]
