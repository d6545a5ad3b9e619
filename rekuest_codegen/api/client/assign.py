from .base_model import BaseModel


class Assign(BaseModel):
    assign: "AssignAssign"


class AssignAssign(BaseModel):
    id: str


Assign.model_rebuild()
