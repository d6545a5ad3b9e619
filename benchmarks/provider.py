"""The provider that is measured: one trivial async function."""

from rekuest_codegen import easy

app = easy("bench")


@app.register()
async def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


if __name__ == "__main__":
    app.run()
