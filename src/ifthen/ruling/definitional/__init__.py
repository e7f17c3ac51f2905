"""The language of policies by its definition: slow, without an index, without a memory.

Every question quantifies over the whole list of visible facts. Nothing here is used to rule; it is
what ``ifthen.ruling.check`` confirms a ruling with, and so shares nothing with the modules that
rule but the order of facts, dates, numbers and the words of a policy.
"""
