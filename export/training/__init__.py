"""The training side: every model that ships is prepared for, trained and measured from here."""
