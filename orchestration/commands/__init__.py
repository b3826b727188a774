"""The subcommands of `rollbook`, a module for each subject."""
