from .base_model import BaseModel


class Cancel(BaseModel):
    cancel: "CancelCancel"


class CancelCancel(BaseModel):
    id: str


Cancel.model_rebuild()
