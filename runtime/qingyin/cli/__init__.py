"""Exists to be the command line: one module a command, each with its arguments beside it."""
