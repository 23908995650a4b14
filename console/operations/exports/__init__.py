"""Exports of lists and of the trail: as the person sees them, and no further."""
