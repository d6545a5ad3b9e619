from typing import Any

from .base_model import BaseModel
from .enums import ActionKind
from .fragments import NodeFlags


class EnumerateHashes(BaseModel):
    actions: list["EnumerateHashesActions"]


class EnumerateHashesActions(NodeFlags):
    id: str
    hash: Any
    key: str
    name: str
    version: str
    kind: ActionKind
    app: "EnumerateHashesActionsApp"
    collections: list["EnumerateHashesActionsCollections"]
    protocols: list["EnumerateHashesActionsProtocols"]
    implementations: list["EnumerateHashesActionsImplementations"]


class EnumerateHashesActionsApp(BaseModel):
    identifier: str


class EnumerateHashesActionsCollections(BaseModel):
    name: str


class EnumerateHashesActionsProtocols(BaseModel):
    name: str


class EnumerateHashesActionsImplementations(BaseModel):
    agent: "EnumerateHashesActionsImplementationsAgent"


class EnumerateHashesActionsImplementationsAgent(BaseModel):
    connected: bool


EnumerateHashes.model_rebuild()
EnumerateHashesActions.model_rebuild()
EnumerateHashesActionsImplementations.model_rebuild()
