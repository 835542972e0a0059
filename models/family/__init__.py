"""One family's story and what it asks for. A newcomer starts at ``transition.advance``."""
