from typing import Optional

from .base_model import BaseModel


class AgentChanges(BaseModel):
    agents: "AgentChangesAgents"


class AgentChangesAgents(BaseModel):
    create: Optional["AgentChangesAgentsCreate"]
    update: Optional["AgentChangesAgentsUpdate"]
    delete: Optional[str]


class AgentChangesAgentsCreate(BaseModel):
    id: str


class AgentChangesAgentsUpdate(BaseModel):
    id: str


AgentChanges.model_rebuild()
AgentChangesAgents.model_rebuild()
