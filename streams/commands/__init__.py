"""The ``earlyword`` command: each file holds commands of one kind. They parse, call one function, and map errors."""
