"""A whole hub, told one statement after another: what all processes together come to."""
