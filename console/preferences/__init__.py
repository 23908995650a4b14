"""Makes the product obey the settings of its tenants, and shows operators the pages of the platform's own."""
