"""What can go wrong with the embedded server, said so that the reader knows what to do."""


class EmbeddedError(Exception):
    """The embedded server cannot run; the text names the remedy."""
