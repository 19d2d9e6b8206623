"""Exists to measure speed and memory of this and other engines, each in a process of its own."""
