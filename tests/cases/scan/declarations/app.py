from shapes import Box, Handle, Kind, Width

import rekuest_codegen as rk


@rk.register(key="pack", name="Pack it", version="2", description="Packs.", collections=["boxes"])
def pack_box(box: Box, handle: Handle, width: Width, kind: Kind = "open", label="none"):
    return box
