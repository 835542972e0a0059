"""What is learned, and how it is measured. The families never import this: their judge is passed in."""
