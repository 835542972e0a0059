"""Partners' formats, one file per kind and version: what a partner may say, exactly (EVENTS section 2)."""
