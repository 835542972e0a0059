"""Before a statement reaches a family: whether it was said before, whom it names, and where they belong. Pure."""
