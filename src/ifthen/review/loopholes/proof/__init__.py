"""Proofs that no timeline of any number of events keeps a policy and ends in a harm.

A policy's clauses become a transition system over a few registers (``registers``, ``monitors``,
``assumptions``, ``system``) that admits at least every timeline the search admits. A solver finds
an invariant of it (``prove``); what is trusted is only that the invariant holds at the start, is
preserved by every step and excludes the harm, which a plain solver checks again (``certificate``).
"""
