import pytest

pytest.importorskip("z3", reason="the solver is an extra: pip install 'ifthen[loopholes]'")
