import sys
from pathlib import Path

import pytest

pytest.importorskip("z3", reason="the solver is an extra: pip install 'ifthen[loopholes]'")
sys.path.insert(0, str(Path(__file__).parent.parent))
