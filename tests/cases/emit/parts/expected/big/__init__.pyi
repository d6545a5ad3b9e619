from ..types import Inner as Inner
from ..types import Mode as Mode
from ..types import Model0 as Model0
from ..types import Model1 as Model1
from ..types import Model2 as Model2
from ._part001 import Node1Args as Node1Args
from ._part001 import anode_1 as anode_1
from ._part001 import node_1 as node_1
from ._part003 import Node0Args as Node0Args
from ._part003 import anode_0 as anode_0
from ._part003 import node_0 as node_0
from ._part005 import Node3Args as Node3Args
from ._part005 import anode_3 as anode_3
from ._part005 import node_3 as node_3
from ._part006 import Node4Args as Node4Args
from ._part006 import anode_4 as anode_4
from ._part006 import node_4 as node_4
from ._part007 import Node2Args as Node2Args
from ._part007 import anode_2 as anode_2
from ._part007 import node_2 as node_2

__all__ = [
    "Inner",
    "Mode",
    "Model0",
    "Model1",
    "Model2",
    "Node0Args",
    "Node1Args",
    "Node2Args",
    "Node3Args",
    "Node4Args",
    "anode_0",
    "anode_1",
    "anode_2",
    "anode_3",
    "anode_4",
    "node_0",
    "node_1",
    "node_2",
    "node_3",
    "node_4",
]
