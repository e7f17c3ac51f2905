"""Many futures of a developer who keeps a policy: what stays unseen, for how long, at what price.

``derive`` reads off the clause model what a policy promises, with ``looks`` and ``holds``, and
``judge`` for the conditions; ``houses`` says how it is kept; ``plan`` joins the two into numbers;
``simulate`` lives through futures day by day; ``run`` shares them out, ``estimate`` counts, and
``under`` looks for what would bring exposure down.
"""
