from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel


class EnumerateAgents(BaseModel):
    agents: list["EnumerateAgentsAgents"]


class EnumerateAgentsAgents(BaseModel):
    id: str
    name: str
    hash: str
    last_seen: Optional[Any] = Field(alias="lastSeen")
    implementations: list["EnumerateAgentsAgentsImplementations"]


class EnumerateAgentsAgentsImplementations(BaseModel):
    interface: str
    action: "EnumerateAgentsAgentsImplementationsAction"


class EnumerateAgentsAgentsImplementationsAction(BaseModel):
    id: str


EnumerateAgents.model_rebuild()
EnumerateAgentsAgents.model_rebuild()
EnumerateAgentsAgentsImplementations.model_rebuild()
