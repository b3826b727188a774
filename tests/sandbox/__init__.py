"""The sandbox against what is known of Clever's API, over real HTTP."""
