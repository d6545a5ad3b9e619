"""One target, from where its nodes come from to a package on disk: pull, check, watch and build hooks are its endings."""
