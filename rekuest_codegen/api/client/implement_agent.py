from pydantic import Field

from .base_model import BaseModel


class ImplementAgent(BaseModel):
    implement_agent: "ImplementAgentImplementAgent" = Field(alias="implementAgent")


class ImplementAgentImplementAgent(BaseModel):
    id: str
    hash: str


ImplementAgent.model_rebuild()
