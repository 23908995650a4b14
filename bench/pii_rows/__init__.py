"""Rows for `bench/pii.py`: many other people, and one who is looked for."""
