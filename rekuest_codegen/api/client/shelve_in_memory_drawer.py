from pydantic import Field

from .base_model import BaseModel


class ShelveInMemoryDrawer(BaseModel):
    shelve_in_memory_drawer: "ShelveInMemoryDrawerShelveInMemoryDrawer" = Field(
        alias="shelveInMemoryDrawer"
    )


class ShelveInMemoryDrawerShelveInMemoryDrawer(BaseModel):
    id: str


ShelveInMemoryDrawer.model_rebuild()
