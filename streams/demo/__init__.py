"""``earlyword demo``: the whole of earlyword on one machine, from nothing to a summary that can be checked.

Start reading at ``play.py``, which tells the story from top to bottom.
"""
