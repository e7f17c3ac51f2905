"""The search for timelines that break no commitment of a policy and still end in a harm.

``search`` asks a solver for one, ``arbiter`` has ``ifthen.rule`` confirm it. Everything a solver is
told is derived from the same clause model as a ruling, by the clause's definition.
"""
