from typing import Any

from .base_model import BaseModel


class EnumerateHashes(BaseModel):
    actions: list["EnumerateHashesActions"]


class EnumerateHashesActions(BaseModel):
    id: str
    hash: Any
    key: str
    app: "EnumerateHashesActionsApp"
    implementations: list["EnumerateHashesActionsImplementations"]


class EnumerateHashesActionsApp(BaseModel):
    identifier: str


class EnumerateHashesActionsImplementations(BaseModel):
    agent: "EnumerateHashesActionsImplementationsAgent"


class EnumerateHashesActionsImplementationsAgent(BaseModel):
    connected: bool


EnumerateHashes.model_rebuild()
EnumerateHashesActions.model_rebuild()
EnumerateHashesActionsImplementations.model_rebuild()
