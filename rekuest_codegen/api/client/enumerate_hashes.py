from typing import Any

from pydantic import Field

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
    port_groups: list["EnumerateHashesActionsPortGroups"] = Field(alias="portGroups")
    implementations: list["EnumerateHashesActionsImplementations"]


class EnumerateHashesActionsApp(BaseModel):
    identifier: str


class EnumerateHashesActionsCollections(BaseModel):
    name: str


class EnumerateHashesActionsProtocols(BaseModel):
    name: str


class EnumerateHashesActionsPortGroups(BaseModel):
    key: str


class EnumerateHashesActionsImplementations(BaseModel):
    agent: "EnumerateHashesActionsImplementationsAgent"


class EnumerateHashesActionsImplementationsAgent(BaseModel):
    connected: bool


EnumerateHashes.model_rebuild()
EnumerateHashesActions.model_rebuild()
EnumerateHashesActionsImplementations.model_rebuild()
