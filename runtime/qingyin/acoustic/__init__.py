"""Exists to turn phonemes into frames: what fills the slot of the acoustic model, ours or another."""
