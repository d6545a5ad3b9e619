def imported(x: str) -> str:
    """Imported."""
