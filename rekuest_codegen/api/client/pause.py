from .base_model import BaseModel


class Pause(BaseModel):
    pause: "PausePause"


class PausePause(BaseModel):
    id: str


Pause.model_rebuild()
