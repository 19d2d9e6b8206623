"""Exists so that `qingyin say` finds the models warm: a process that stays, and how to talk to it."""
