"""Time horizon: how long a task may take a person before a model is as likely to fail as to do it.

The method is METR's (Kwa et al. 2025, arXiv 2503.14499): a weighted logistic curve of success on
the logarithm of the time a task takes an expert, with a bootstrap over families, tasks and runs.
"""
