"""One target, from where its nodes come from to a package on disk.

`origins` give the nodes, `target` makes files of them; pull, check, watch and the hooks of build tools are its endings.
"""
