from .base_model import BaseModel


class Interrupt(BaseModel):
    interrupt: "InterruptInterrupt"


class InterruptInterrupt(BaseModel):
    id: str


Interrupt.model_rebuild()
