"""The form of a group: built from its schema, read back without loss, usable without JavaScript."""
