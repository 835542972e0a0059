"""How scores are measured, by hand and exactly. None of River's metrics is among them: ``README.md`` says why."""
