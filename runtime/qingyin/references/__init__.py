"""Exists to listen: recordings become references, voices and emotions."""
