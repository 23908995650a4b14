"""The app that bench/isolation.py measures: one table of items in tenants, once per way of isolating them."""
