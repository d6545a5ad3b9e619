from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel


class ListAgents(BaseModel):
    agents: list["ListAgentsAgents"]


class ListAgentsAgents(BaseModel):
    id: str
    name: str
    connected: bool
    last_seen: Optional[Any] = Field(alias="lastSeen")
    app: "ListAgentsAgentsApp"
    implementations: list["ListAgentsAgentsImplementations"]


class ListAgentsAgentsApp(BaseModel):
    identifier: str


class ListAgentsAgentsImplementations(BaseModel):
    interface: str


ListAgents.model_rebuild()
ListAgentsAgents.model_rebuild()
