"""The assets, checks, jobs and schedules, from Clever to the published file."""
