"""Makes the product obey the settings of its tenants, and shows the pages on which they are changed."""
