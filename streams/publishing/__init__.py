"""What others build against, made from the code, and whether a new version of it breaks an old one."""
