"""Scripts for the people who make model sets; nothing here is installed."""
