"""What is said: our own words, partners' formats, and what we publish. No logic, no I/O."""
