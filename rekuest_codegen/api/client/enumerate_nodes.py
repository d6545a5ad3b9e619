from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ActionKind, EffectKind
from .fragments import ArgLevel1, NodeFlags, ReturnLevel1


class EnumerateNodes(BaseModel):
    actions: list["EnumerateNodesActions"]


class EnumerateNodesActions(NodeFlags):
    id: str
    hash: Any
    key: str
    name: str
    version: str
    kind: ActionKind
    description: Optional[str]
    app: "EnumerateNodesActionsApp"
    collections: list["EnumerateNodesActionsCollections"]
    protocols: list["EnumerateNodesActionsProtocols"]
    is_test_for: list["EnumerateNodesActionsIsTestFor"] = Field(alias="isTestFor")
    port_groups: list["EnumerateNodesActionsPortGroups"] = Field(alias="portGroups")
    args: list["EnumerateNodesActionsArgs"]
    returns: list["EnumerateNodesActionsReturns"]
    implementations: list["EnumerateNodesActionsImplementations"]


class EnumerateNodesActionsApp(BaseModel):
    identifier: str


class EnumerateNodesActionsCollections(BaseModel):
    name: str


class EnumerateNodesActionsProtocols(BaseModel):
    name: str


class EnumerateNodesActionsIsTestFor(BaseModel):
    hash: Any
    key: str
    version: str
    app: "EnumerateNodesActionsIsTestForApp"


class EnumerateNodesActionsIsTestForApp(BaseModel):
    identifier: str


class EnumerateNodesActionsPortGroups(BaseModel):
    key: str
    title: Optional[str]
    description: Optional[str]
    ports: list[str]
    effects: Optional[
        list[
            Annotated[
                Union[
                    "EnumerateNodesActionsPortGroupsEffectsEffect",
                    "EnumerateNodesActionsPortGroupsEffectsCustomEffect",
                    "EnumerateNodesActionsPortGroupsEffectsHideEffect",
                    "EnumerateNodesActionsPortGroupsEffectsMessageEffect",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]


class EnumerateNodesActionsPortGroupsEffectsEffect(BaseModel):
    typename__: Literal["Effect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]


class EnumerateNodesActionsPortGroupsEffectsCustomEffect(BaseModel):
    typename__: Literal["CustomEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    hook: str
    ward: str


class EnumerateNodesActionsPortGroupsEffectsHideEffect(BaseModel):
    typename__: Literal["HideEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    fade: bool


class EnumerateNodesActionsPortGroupsEffectsMessageEffect(BaseModel):
    typename__: Literal["MessageEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    message: str


EnumerateNodesActionsArgs = ArgLevel1
EnumerateNodesActionsReturns = ReturnLevel1


class EnumerateNodesActionsImplementations(BaseModel):
    agent: "EnumerateNodesActionsImplementationsAgent"


class EnumerateNodesActionsImplementationsAgent(BaseModel):
    connected: bool


EnumerateNodes.model_rebuild()
EnumerateNodesActions.model_rebuild()
EnumerateNodesActionsIsTestFor.model_rebuild()
EnumerateNodesActionsPortGroups.model_rebuild()
EnumerateNodesActionsImplementations.model_rebuild()
