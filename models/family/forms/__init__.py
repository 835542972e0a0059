"""What each form of a rule means, a file for each; ``models.family.asking`` calls them."""
