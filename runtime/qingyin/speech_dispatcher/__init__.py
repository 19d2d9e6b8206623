"""Exists to be the output module of Speech Dispatcher, by which screen readers speak."""
