"""The commands of `python -m training`, each a function or a dataclass of its options."""
