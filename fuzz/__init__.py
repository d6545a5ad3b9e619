"""Definitions that nobody in their right mind would register, what must hold of packages made of them, and targets."""
