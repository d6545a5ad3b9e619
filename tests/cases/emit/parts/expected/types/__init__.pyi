from ._part000 import Mode as Mode
from ._part001 import Inner as Inner
from ._part002 import Model0 as Model0
from ._part003 import Model1 as Model1
from ._part004 import Model2 as Model2

__all__ = ["Inner", "Mode", "Model0", "Model1", "Model2"]
