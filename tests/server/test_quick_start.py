"""A quick start: libraries come when they are used, the compiler does less, and results are the same."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.quick_start import UNUSED, defer, quick_start


def test_the_compilers_level_is_lowered_unless_the_user_chose_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UNUSED:
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name) or __import__(name))
    monkeypatch.setenv("NUMBA_OPT", "2")
    quick_start()
    assert os.environ["NUMBA_OPT"] == "2"
    monkeypatch.setenv("NUMBA_OPT", "")
    monkeypatch.delenv("NUMBA_OPT")
    quick_start()
    assert os.environ["NUMBA_OPT"] == "1"


def test_a_deferred_module_is_imported_at_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "xml.dom.pulldom"
    monkeypatch.delitem(sys.modules, name, raising=False)
    defer(name)
    deferred = importlib.import_module(name)
    assert "START_ELEMENT" not in vars(deferred)
    assert deferred.START_ELEMENT == "START_ELEMENT"
    assert sys.modules[name].START_ELEMENT is deferred.START_ELEMENT
    with pytest.raises(AttributeError):
        _ = deferred.no_such_thing


def test_a_module_that_is_imported_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.modules["json"]
    defer("json")
    assert sys.modules["json"] is before


SCRIPT = """
import sys
from townsquare_server.quick_start import quick_start
quick_start()
import townsquare_server.desk
print([name for name in ("pandas.core", "networkx.algorithms", "scipy.spatial") if name in sys.modules])
import mesa
class Model(mesa.Model):
    def __init__(self):
        super().__init__()
        self.datacollector = mesa.DataCollector(model_reporters={"steps": "steps"})
    def step(self):
        self.datacollector.collect(self)
model = Model()
model.step(), model.step()
print(model.datacollector.get_model_vars_dataframe()["steps"].tolist())
print(mesa.experimental.continuous_space.ContinuousSpace.__name__)
import networkx
print(networkx.path_graph(3).number_of_edges())
"""


@pytest.mark.skipif(JIT_DISABLED, reason="imports the compiled kernels")
def test_a_server_does_without_them_and_mesa_still_finds_them() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    # the Mesa of newer Pythons uses networkx and SciPy itself, as it is imported
    own = "['networkx.algorithms', 'scipy.spatial']" if sys.version_info >= (3, 12) else "[]"
    assert found.stdout.splitlines() == [own, "[1, 2]", "ContinuousSpace", "2"]
