#!/usr/bin/env python
"""Django's command line for this project; it finds or starts the embedded database first."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    from django.core.management import execute_from_command_line

    from console.database import start_embedded
    from console.embedded.exceptions import EmbeddedError

    try:
        start_embedded()
    except EmbeddedError as error:
        sys.exit(f"{error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
