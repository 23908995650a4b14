"""Changes of many rows: frozen when confirmed, carried out row by row, each with its outcome."""
