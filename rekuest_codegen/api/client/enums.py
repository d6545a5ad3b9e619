from enum import Enum


class ActionKind(str, Enum):
    FUNCTION = "FUNCTION"
    GENERATOR = "GENERATOR"


class ActionScope(str, Enum):
    GLOBAL = "GLOBAL"
    LOCAL = "LOCAL"
    BRIDGE_GLOBAL_TO_LOCAL = "BRIDGE_GLOBAL_TO_LOCAL"
    BRIDGE_LOCAL_TO_GLOBAL = "BRIDGE_LOCAL_TO_GLOBAL"


class PortKind(str, Enum):
    INT = "INT"
    STRING = "STRING"
    STRUCTURE = "STRUCTURE"
    LIST = "LIST"
    BOOL = "BOOL"
    DICT = "DICT"
    FLOAT = "FLOAT"
    DATE = "DATE"
    UNION = "UNION"
    ENUM = "ENUM"
    MODEL = "MODEL"
    MEMORY_STRUCTURE = "MEMORY_STRUCTURE"
    INTERFACE = "INTERFACE"
    QUANTITY = "QUANTITY"


class AssignWidgetKind(str, Enum):
    SEARCH = "SEARCH"
    CHOICE = "CHOICE"
    SLIDER = "SLIDER"
    CUSTOM = "CUSTOM"
    STRING = "STRING"
    STATE_CHOICE = "STATE_CHOICE"
    PROXY = "PROXY"


class ReturnWidgetKind(str, Enum):
    CHOICE = "CHOICE"
    CUSTOM = "CUSTOM"
    PROXY = "PROXY"


class EffectKind(str, Enum):
    MESSAGE = "MESSAGE"
    HIDE = "HIDE"
    CUSTOM = "CUSTOM"


class RequiresOperator(str, Enum):
    MATCHES = "MATCHES"
    EXISTS = "EXISTS"
    LTE = "LTE"
    GTE = "GTE"
    EQUALS = "EQUALS"
    CONTAINS = "CONTAINS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    NOT_IN = "NOT_IN"


class ProvidesOperator(str, Enum):
    MATCHES = "MATCHES"
    EXISTS = "EXISTS"
    LTE = "LTE"
    GTE = "GTE"
    EQUALS = "EQUALS"
    CONTAINS = "CONTAINS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    NOT_IN = "NOT_IN"


class OptionKey(str, Enum):
    LABEL = "LABEL"
    DESCRIPTION = "DESCRIPTION"
    LOGO = "LOGO"
    VALUE = "VALUE"


class AgentKind(str, Enum):
    WEBSOCKET = "WEBSOCKET"
    WEBHOOK = "WEBHOOK"


class AgentEventKind(str, Enum):
    CONNECT = "CONNECT"
    DISCONNECT = "DISCONNECT"


class TaskEventKind(str, Enum):
    BOUND = "BOUND"
    QUEUED = "QUEUED"
    STARTED = "STARTED"
    PROGRESS = "PROGRESS"
    DELEGATE = "DELEGATE"
    DISCONNECTED = "DISCONNECTED"
    YIELD = "YIELD"
    COMPLETED = "COMPLETED"
    LOG = "LOG"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    INTERRUPTING = "INTERRUPTING"
    INTERRUPTED = "INTERRUPTED"
    PAUSING = "PAUSING"
    PAUSED = "PAUSED"
    RESUMING = "RESUMING"
    RESUMED = "RESUMED"
    FAILED = "FAILED"
    CRITICAL = "CRITICAL"


class TaskInstructKind(str, Enum):
    ASSIGN = "ASSIGN"
    CANCEL = "CANCEL"
    RESUME = "RESUME"
    PAUSE = "PAUSE"
    INTERRUPT = "INTERRUPT"
    COLLECT = "COLLECT"


class LogLevel(str, Enum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class Ordering(str, Enum):
    ASC = "ASC"
    ASC_NULLS_FIRST = "ASC_NULLS_FIRST"
    ASC_NULLS_LAST = "ASC_NULLS_LAST"
    DESC = "DESC"
    DESC_NULLS_FIRST = "DESC_NULLS_FIRST"
    DESC_NULLS_LAST = "DESC_NULLS_LAST"


class DemandKind(str, Enum):
    ARGS = "ARGS"
    RETURNS = "RETURNS"


class HookKind(str, Enum):
    CLEANUP = "CLEANUP"
    INIT = "INIT"


class AssignPolicy(str, Enum):
    AUTOMATIC = "AUTOMATIC"
    BALANCED = "BALANCED"
    ROUND_ROBIN = "ROUND_ROBIN"
    LEAST_BUSY = "LEAST_BUSY"
    FASTEST_RESPONSE = "FASTEST_RESPONSE"


class EffectClass(str, Enum):
    NONE = "NONE"
    PHYSICAL = "PHYSICAL"
