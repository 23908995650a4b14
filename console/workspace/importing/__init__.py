"""Contacts as a target of the import engine in `console.members`: their fields, who a row is, and how it is written."""
