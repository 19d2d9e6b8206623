"""Exists to keep model sets: packing, fetching and finding them again."""
