"""Auto Scaling: scaling groups, what they start instances from, and what changes their size.

What a group starts are plain ECS instances, billed there. A group is looked at on the clock (`looks.py`): every second while something is
under way, else as often as the health of its instances is checked.
"""
