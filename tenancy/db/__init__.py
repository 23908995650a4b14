"""What the database itself knows of tenants."""
