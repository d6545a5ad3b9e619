from pydantic import Field

from .base_model import BaseModel


class EnsureAgent(BaseModel):
    ensure_agent: "EnsureAgentEnsureAgent" = Field(alias="ensureAgent")


class EnsureAgentEnsureAgent(BaseModel):
    id: str
    hash: str


EnsureAgent.model_rebuild()
