"""What scores rule out: exact or conservative at any number of tasks, one idea a module.

Everything here needs numpy and scipy, the extra ``ifthen[evals]``.
"""
