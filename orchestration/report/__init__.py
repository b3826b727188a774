"""`rollbook report`: one page that says whether today's roster can be trusted, and shows it."""
