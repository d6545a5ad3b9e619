from .base_model import BaseModel


class Implementations(BaseModel):
    action: "ImplementationsAction"


class ImplementationsAction(BaseModel):
    id: str
    implementations: list["ImplementationsActionImplementations"]


class ImplementationsActionImplementations(BaseModel):
    id: str
    interface: str
    agent: "ImplementationsActionImplementationsAgent"


class ImplementationsActionImplementationsAgent(BaseModel):
    id: str
    name: str
    connected: bool


Implementations.model_rebuild()
ImplementationsAction.model_rebuild()
ImplementationsActionImplementations.model_rebuild()
