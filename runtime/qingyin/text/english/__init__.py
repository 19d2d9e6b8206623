"""Exists to read Latin letters inside Chinese: English words, names, Mandarin without its characters, letters."""
