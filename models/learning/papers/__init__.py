"""Papers that a model needs before it may prompt anybody: what the registry knows, and what only the hub can say."""
