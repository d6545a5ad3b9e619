from collections.abc import Iterator
from dataclasses import dataclass

from rekuest_codegen import ReadOnly, Task, easy

app = easy("lab")


@app.state
@dataclass
class Stage:
    """A stage."""

    x: float = 0.0


@app.state(name="lamp", required_locks=["lamp_lock"])
@dataclass
class Lamp:
    """A lamp."""

    on: bool = False


@app.context(locks=["laser"])
class Laser:
    """A laser."""


class Camera: ...


@app.service
def camera() -> Iterator[Camera]:
    yield Camera()


@app.register(locks=["own"])
def all_of_it(
    task: Task, stage: Stage, lamp: "Lamp", seen: ReadOnly[Stage], laser: Laser, camera: Camera, exposure: float
) -> None:
    """Everything that can be handed in, and one port."""


@app.register(locks=[])
def shown(lamp: ReadOnly[Lamp]) -> None:
    """A state that is only looked at is locked all the same."""


@app.register
def computed_locks(count: int) -> None:
    """A port."""
