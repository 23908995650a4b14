"""The pages of the workspace, one module per kind of record."""
