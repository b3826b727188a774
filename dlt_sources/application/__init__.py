"""The application's own database as a source: progress, accounts and manual edits."""
