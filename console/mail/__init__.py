"""Catches mails of a development server and shows them in the console."""
