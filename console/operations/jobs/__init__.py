"""Pages of jobs; importing it registers this app's own jobs."""

from console.operations.bulk import runs as runs
from console.operations.exports import orders as orders
