"""Local time, working days and school days in England: data and pure functions."""
