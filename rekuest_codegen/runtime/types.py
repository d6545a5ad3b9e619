"""The value types that generated code is written in.

Arguments and models are pydantic; a structure nobody mapped to a class of their own is a typed, opaque reference; a
quantity is a magnitude with its unit. None of these does I/O, and none is a test, whatever a stranger named it: so
pytest is told (``__test__``).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema


class Checked(BaseModel):
    """What is checked strictly when it is made. ``arbitrary_types_allowed``: classes of the user's are."""

    __test__: ClassVar[bool] = False
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,
        populate_by_name=True,
        protected_namespaces=(),  # a field never has the name of anything that models have
    )

    if not TYPE_CHECKING:  # for which it has its fields as parameters

        def __init__(self, /, **given: Any) -> None:
            """Raises ArgumentError: a value does not fit; names the place in it."""
            __tracebackhide__ = True
            try:
                super().__init__(**given)
            except ValidationError as error:
                from rekuest_codegen.runtime.values.checked import model_checked_again

                super().__init__(**model_checked_again(type(self), given, error))

        # Says to pydantic, as its own does, that a model in a model need not come through here: that is slower.
        __init__.__pydantic_base_init__ = True


class Arguments(Checked):
    """Base of the arguments of one node: checked before anything is sent."""

    model_config = ConfigDict(extra="forbid")


class Model(Checked):
    """Base of a generated MODEL. Fields a newer provider adds are ignored."""

    model_config = ConfigDict(extra="ignore")


class Choices(enum.Enum):
    """Base of a generated ENUM: a member's value is what travels, its name what Python allows."""


class Instance:
    """Lets pydantic accept a class by ``isinstance`` alone."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)


class Reference(Instance):
    """An object that lives elsewhere. It can be passed on to other nodes, compared and hashed, not looked into.

    Subclasses name what they refer to: ``class Image(Reference, identifier="@mikro/image")``. ``object`` is the
    reference itself, opaque; ``identifier`` the identifier it travels under.
    """

    identifier: ClassVar[str] = ""
    __test__: ClassVar[bool] = False
    __slots__ = ("_object",)

    def __init_subclass__(cls, *, identifier: str = "", **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if identifier:
            cls.identifier = identifier

    def __init__(self, object: str) -> None:
        self._object = object

    @property
    def object(self) -> str:
        return self._object

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Reference):
            return NotImplemented
        return self.identifier == other.identifier and self._object == other._object

    def __hash__(self) -> int:
        return hash((self.identifier, self._object))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_shown(self._object)})"


class MemoryReference(Reference):
    """An object in the memory of the agent that made it. It lives as long as that agent does."""


class AnyReference(Reference):
    """A reference under an identifier that no class was bound to."""

    __slots__ = ("_identifier",)

    def __init__(self, object: str, identifier: str) -> None:
        super().__init__(object)
        self._identifier = identifier

    @property
    def identifier(self) -> str:  # type: ignore[override]  # known by the instance here, by the class elsewhere
        return self._identifier

    def __repr__(self) -> str:
        return f"AnyReference({_shown(self._object)}, {self._identifier!r})"


def _shown(reference: str) -> str:
    """A reference in a repr; what it brings along is none of a log's or notebook's business."""
    return repr(reference) if len(reference) <= 100 else f"{reference[:60]!r}... {len(reference)} characters"


# Compiled at first use.
_QUANTITY = r"\s*(?P<magnitude>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>\S.*?)?\s*"


@dataclass(frozen=True, slots=True)
class Quantity(Instance):
    """A magnitude and its unit, as in ``5 mV``. It does no arithmetic; pint objects are accepted in its place."""

    magnitude: float
    unit: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"5 mV"``.

        Raises:
            ValueError: the text does not begin with a number.
        """
        match = re.fullmatch(_QUANTITY, text)
        if match is None:
            raise ValueError(f"{text!r} is no quantity; expected a number and a unit, as in '5 mV'")
        return cls(float(match["magnitude"]), match["unit"] or "")

    def __str__(self) -> str:
        magnitude = int(self.magnitude) if self.magnitude == int(self.magnitude) else self.magnitude
        return f"{magnitude} {self.unit}".rstrip()
