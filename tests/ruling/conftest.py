"""Laws are tested on the same random worlds every time; ``HYPOTHESIS_PROFILE=search`` looks on."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=40, suppress_health_check=_QUIET
)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "500")),
    suppress_health_check=_QUIET,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
