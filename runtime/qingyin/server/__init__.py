"""Exists to be the service: one pool of synthesizers, and the ways in from outside (HTTP, page, voice assistants)."""
