"""Writes everything of one tenant into one archive, in that tenant's own scope: row-level security bounds it."""
