"""Walls 2 and 3: what PostgreSQL itself is told."""
