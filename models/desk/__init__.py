"""One hub's desk: open prompts, daily budgets, working-day clocks. Start at ``transition.advance``."""
