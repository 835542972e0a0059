"""Names of our topics. NOTE to the owner of this file: the processes import these seven constants; keep them."""

STATEMENTS = "earlyword.statements.v1"
LINKS = "earlyword.links.v1"
FAMILY_EVENTS = "earlyword.family-events.v1"
DESK_EVENTS = "earlyword.desk-events.v1"
PROMPTS = "earlyword.prompts.v1"
PROMPT_ACTIONS = "earlyword.prompt-actions.v1"
DEAD_LETTERS = "earlyword.dead-letters.v1"
