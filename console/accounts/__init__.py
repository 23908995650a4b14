"""People: accounts, sign-in, second factors, and how an invitation is accepted."""
