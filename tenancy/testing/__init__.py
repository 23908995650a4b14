"""The testing kit: databases built by the owner and served as the login role, two tenants, a generated sweep."""
