from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    AssignWidgetKind,
    EffectKind,
    OptionKey,
    PortKind,
    ProvidesOperator,
    RequiresOperator,
    ReturnWidgetKind,
)


class ValidatorFields(BaseModel):
    function: Any
    dependencies: Optional[list[str]]
    label: Optional[str]
    error_message: Optional[str] = Field(alias="errorMessage")


class ArgItem(BaseModel):
    key: str
    label: Optional[str]
    kind: PortKind
    description: Optional[str]
    identifier: Optional[Any]
    nullable: bool
    default: Optional[Any]
    reference_unit: Optional[str] = Field(alias="referenceUnit")
    proposed_units: Optional[list[str]] = Field(alias="proposedUnits")
    dimension: Optional[str]
    choices: Optional[list["ArgItemChoices"]]
    effects: Optional[
        list[
            Annotated[
                Union[
                    "ArgItemEffectsEffect",
                    "ArgItemEffectsCustomEffect",
                    "ArgItemEffectsHideEffect",
                    "ArgItemEffectsMessageEffect",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]
    validators: Optional[list["ArgItemValidators"]]
    requires: Optional[list["ArgItemRequires"]]


class ArgItemChoices(BaseModel):
    label: str
    value: str
    image: Optional[str]
    description: Optional[str]


class ArgItemEffectsEffect(BaseModel):
    typename__: Literal["Effect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]


class ArgItemEffectsCustomEffect(BaseModel):
    typename__: Literal["CustomEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    hook: str
    ward: str


class ArgItemEffectsHideEffect(BaseModel):
    typename__: Literal["HideEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    fade: bool


class ArgItemEffectsMessageEffect(BaseModel):
    typename__: Literal["MessageEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    message: str


class ArgItemValidators(ValidatorFields):
    pass


class ArgItemRequires(BaseModel):
    key: str
    operator: RequiresOperator
    value: Any


class FilterFields(ArgItem):
    children: Optional[list["FilterFieldsChildren"]]


class FilterFieldsChildren(ArgItem):
    children: Optional[list["FilterFieldsChildrenChildren"]]


class FilterFieldsChildrenChildren(ArgItem):
    children: Optional[list["FilterFieldsChildrenChildrenChildren"]]


class FilterFieldsChildrenChildrenChildren(BaseModel):
    key: str


class ArgFields(ArgItem):
    widget: Optional[
        Annotated[
            Union[
                "ArgFieldsWidgetAssignWidget",
                "ArgFieldsWidgetChoiceAssignWidget",
                "ArgFieldsWidgetCustomAssignWidget",
                "ArgFieldsWidgetProxyWidget",
                "ArgFieldsWidgetSearchAssignWidget",
                "ArgFieldsWidgetSliderAssignWidget",
                "ArgFieldsWidgetStateChoiceAssignWidget",
                "ArgFieldsWidgetStringAssignWidget",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class ArgFieldsWidgetAssignWidget(BaseModel):
    typename__: Literal["AssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")


class ArgFieldsWidgetChoiceAssignWidget(BaseModel):
    typename__: Literal["ChoiceAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    choices: Optional[list["ArgFieldsWidgetChoiceAssignWidgetChoices"]]


class ArgFieldsWidgetChoiceAssignWidgetChoices(BaseModel):
    label: str
    value: str
    image: Optional[str]
    description: Optional[str]


class ArgFieldsWidgetCustomAssignWidget(BaseModel):
    typename__: Literal["CustomAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    hook: str
    ward: str


class ArgFieldsWidgetProxyWidget(BaseModel):
    typename__: Literal["ProxyWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    target_port: str = Field(alias="targetPort")
    target_action: str = Field(alias="targetAction")
    target_dependency: Optional[str] = Field(alias="targetDependency")


class ArgFieldsWidgetSearchAssignWidget(BaseModel):
    typename__: Literal["SearchAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    query: str
    ward: str
    dependencies: Optional[list[str]]
    filters: Optional[list["ArgFieldsWidgetSearchAssignWidgetFilters"]]


class ArgFieldsWidgetSearchAssignWidgetFilters(FilterFields):
    pass


class ArgFieldsWidgetSliderAssignWidget(BaseModel):
    typename__: Literal["SliderAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    min: Optional[float]
    max: Optional[float]
    step: Optional[float]


class ArgFieldsWidgetStateChoiceAssignWidget(BaseModel):
    typename__: Literal["StateChoiceAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    state_path: str = Field(alias="statePath")
    dependency: Optional[str]
    state_accessors: Optional[
        list["ArgFieldsWidgetStateChoiceAssignWidgetStateAccessors"]
    ] = Field(alias="stateAccessors")


class ArgFieldsWidgetStateChoiceAssignWidgetStateAccessors(BaseModel):
    option_key: OptionKey = Field(alias="optionKey")
    sub_path: Optional[str] = Field(alias="subPath")


class ArgFieldsWidgetStringAssignWidget(BaseModel):
    typename__: Literal["StringAssignWidget"] = Field(alias="__typename")
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue")
    placeholder: str
    as_paragraph: bool = Field(alias="asParagraph")


class ArgLevel8(ArgFields):
    children: Optional[list["ArgLevel8Children"]]


class ArgLevel8Children(BaseModel):
    key: str


class ArgLevel7(ArgFields):
    children: Optional[list["ArgLevel7Children"]]


class ArgLevel7Children(ArgLevel8):
    pass


class ArgLevel6(ArgFields):
    children: Optional[list["ArgLevel6Children"]]


class ArgLevel6Children(ArgLevel7):
    pass


class ArgLevel5(ArgFields):
    children: Optional[list["ArgLevel5Children"]]


class ArgLevel5Children(ArgLevel6):
    pass


class ArgLevel4(ArgFields):
    children: Optional[list["ArgLevel4Children"]]


class ArgLevel4Children(ArgLevel5):
    pass


class ArgLevel3(ArgFields):
    children: Optional[list["ArgLevel3Children"]]


class ArgLevel3Children(ArgLevel4):
    pass


class ArgLevel2(ArgFields):
    children: Optional[list["ArgLevel2Children"]]


class ArgLevel2Children(ArgLevel3):
    pass


class ArgLevel1(ArgFields):
    children: Optional[list["ArgLevel1Children"]]


class ArgLevel1Children(ArgLevel2):
    pass


class NodeFlags(BaseModel):
    stateful: bool
    pure: bool
    idempotent: bool
    is_dev: bool = Field(alias="isDev")


class ReturnDefault(BaseModel):
    default: Optional[Any]


class ReturnFields(ReturnDefault):
    key: str
    label: Optional[str]
    kind: PortKind
    description: Optional[str]
    identifier: Optional[Any]
    nullable: bool
    reference_unit: Optional[str] = Field(alias="referenceUnit")
    proposed_units: Optional[list[str]] = Field(alias="proposedUnits")
    dimension: Optional[str]
    choices: Optional[list["ReturnFieldsChoices"]]
    effects: Optional[
        list[
            Annotated[
                Union[
                    "ReturnFieldsEffectsEffect",
                    "ReturnFieldsEffectsCustomEffect",
                    "ReturnFieldsEffectsHideEffect",
                    "ReturnFieldsEffectsMessageEffect",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]
    provides: Optional[list["ReturnFieldsProvides"]]
    widget: Optional[
        Annotated[
            Union[
                "ReturnFieldsWidgetReturnWidget",
                "ReturnFieldsWidgetChoiceReturnWidget",
                "ReturnFieldsWidgetCustomReturnWidget",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class ReturnFieldsChoices(BaseModel):
    label: str
    value: str
    image: Optional[str]
    description: Optional[str]


class ReturnFieldsEffectsEffect(BaseModel):
    typename__: Literal["Effect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]


class ReturnFieldsEffectsCustomEffect(BaseModel):
    typename__: Literal["CustomEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    hook: str
    ward: str


class ReturnFieldsEffectsHideEffect(BaseModel):
    typename__: Literal["HideEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    fade: bool


class ReturnFieldsEffectsMessageEffect(BaseModel):
    typename__: Literal["MessageEffect"] = Field(alias="__typename")
    kind: EffectKind
    function: Any
    dependencies: list[str]
    message: str


class ReturnFieldsProvides(BaseModel):
    key: str
    operator: ProvidesOperator
    value: Any


class ReturnFieldsWidgetReturnWidget(BaseModel):
    typename__: Literal["ReturnWidget"] = Field(alias="__typename")
    kind: ReturnWidgetKind


class ReturnFieldsWidgetChoiceReturnWidget(BaseModel):
    typename__: Literal["ChoiceReturnWidget"] = Field(alias="__typename")
    kind: ReturnWidgetKind
    choices: Optional[list["ReturnFieldsWidgetChoiceReturnWidgetChoices"]]


class ReturnFieldsWidgetChoiceReturnWidgetChoices(BaseModel):
    label: str
    value: str
    image: Optional[str]
    description: Optional[str]


class ReturnFieldsWidgetCustomReturnWidget(BaseModel):
    typename__: Literal["CustomReturnWidget"] = Field(alias="__typename")
    kind: ReturnWidgetKind
    hook: str
    ward: str


class ReturnLevel8(ReturnFields):
    children: Optional[list["ReturnLevel8Children"]]


class ReturnLevel8Children(BaseModel):
    key: str


class ReturnLevel7(ReturnFields):
    children: Optional[list["ReturnLevel7Children"]]


class ReturnLevel7Children(ReturnLevel8):
    pass


class ReturnLevel6(ReturnFields):
    children: Optional[list["ReturnLevel6Children"]]


class ReturnLevel6Children(ReturnLevel7):
    pass


class ReturnLevel5(ReturnFields):
    children: Optional[list["ReturnLevel5Children"]]


class ReturnLevel5Children(ReturnLevel6):
    pass


class ReturnLevel4(ReturnFields):
    children: Optional[list["ReturnLevel4Children"]]


class ReturnLevel4Children(ReturnLevel5):
    pass


class ReturnLevel3(ReturnFields):
    children: Optional[list["ReturnLevel3Children"]]


class ReturnLevel3Children(ReturnLevel4):
    pass


class ReturnLevel2(ReturnFields):
    children: Optional[list["ReturnLevel2Children"]]


class ReturnLevel2Children(ReturnLevel3):
    pass


class ReturnLevel1(ReturnFields):
    children: Optional[list["ReturnLevel1Children"]]


class ReturnLevel1Children(ReturnLevel2):
    pass


ValidatorFields.model_rebuild()
ArgItem.model_rebuild()
FilterFields.model_rebuild()
ArgFields.model_rebuild()
ArgLevel8.model_rebuild()
ArgLevel7.model_rebuild()
ArgLevel6.model_rebuild()
ArgLevel5.model_rebuild()
ArgLevel4.model_rebuild()
ArgLevel3.model_rebuild()
ArgLevel2.model_rebuild()
ArgLevel1.model_rebuild()
NodeFlags.model_rebuild()
ReturnDefault.model_rebuild()
ReturnFields.model_rebuild()
ReturnLevel8.model_rebuild()
ReturnLevel7.model_rebuild()
ReturnLevel6.model_rebuild()
ReturnLevel5.model_rebuild()
ReturnLevel4.model_rebuild()
ReturnLevel3.model_rebuild()
ReturnLevel2.model_rebuild()
ReturnLevel1.model_rebuild()
