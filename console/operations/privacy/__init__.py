"""Data-subject requests in the console: worklist, request page, review queue, holds, records."""
