"""Which feeds are silent or stale, so that nobody takes the absence of facts for facts. Start at ``feeds.Feeds``."""
