"""How an existing project becomes multi-tenant: what to do with each table, what stands in the way, the migrations."""
