"""Django's PostgreSQL backend, bringing the scope to the connection: ``ENGINE = "tenancy.db.postgresql"``."""
