"""The project that composes `tenancy` and `pii` into an operations console; imported by nobody."""
