"""The open cases of matching, for whoever reviews them: read, shown, and written as a page."""
