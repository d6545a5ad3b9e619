from ..types import Inner, Mode, Model0, Model1, Model2
from ._part001 import Node1Args, anode_1, node_1
from ._part003 import Node0Args, anode_0, node_0
from ._part005 import Node3Args, anode_3, node_3
from ._part006 import Node4Args, anode_4, node_4
from ._part007 import Node2Args, anode_2, node_2

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
