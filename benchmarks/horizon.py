"""Time horizons and their bootstrap: seconds of one core, beside METR's own code, and how it grows.

    python benchmarks/horizon.py                  # a made-up table of the size of METR's TH1.1
    python benchmarks/horizon.py --quick          # small sizes
    python benchmarks/horizon.py --runs FILE      # that table instead, in METR's form
    python benchmarks/horizon.py --calibration    # how often the interval holds the truth; minutes
    python benchmarks/horizon.py --metr FOLDER --metr-python PYTHON

With ``--metr``, the source folder of METR/eval-analysis-public (MIT), METR's bootstrap is run
unchanged, one iteration after the other, by a Python that has pandas below 3, and scaled to as many
replicates. Without it, the same method is looped here with scikit-learn. Every figure is CPU time
of a fresh process, with one thread for linear algebra.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from conditions import state

SEED = 1
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
FULL = {"agents": 15, "tasks": 228, "families": 80, "rows": 22_177}
SMALL = {"agents": 4, "tasks": 30, "families": 12, "rows": 700}


# --- the table ---------------------------------------------------------------------------------


def write_table(path: Path, agents: int, tasks: int, families: int, rows: int) -> None:
    """Runs of agents whose horizons lie between a minute and a day, in METR's form.

    Families are unequal (the first holds many tasks), tasks have 4 to 9 runs of each agent, and
    families and tasks are harder or easier than their length says.
    """
    rng = np.random.default_rng(SEED)
    family = np.minimum(rng.geometric(3 / families, tasks) - 1, families - 1)
    family[:families] = np.arange(families)
    minutes = np.round(2 ** rng.uniform(-3, 11, tasks), 4)
    hardness = rng.normal(0, 0.7, families)[family] + rng.normal(0, 0.7, tasks)
    horizons = np.geomspace(1, 1_440, agents)
    counts = rng.multinomial(rows - 4 * agents * tasks, np.full(agents * tasks, 1 / agents / tasks))
    counts = (4 + counts).reshape(agents, tasks)
    in_family = np.bincount(family, minlength=families)[family]
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for agent in range(agents):
            weight = 1 / (counts[agent] * np.sqrt(in_family))
            weight /= (weight * counts[agent]).sum()
            chance = 0.6 * (np.log2(horizons[agent]) - np.log2(minutes)) - hardness
            for task in range(tasks):
                for won in rng.random(counts[agent, task]) < 1 / (1 + np.exp(-chance[task])):
                    row = {
                        "run_id": f"r{written}",
                        "alias": f"agent {agent:02}",
                        "task_id": f"family{family[task]}/task{task}",
                        "task_family": f"family{family[task]}",
                        "human_minutes": minutes[task],
                        "score_binarized": int(won),
                        "invsqrt_task_weight": weight[task],
                    }
                    file.write(json.dumps(row) + "\n")
                    written += 1


# --- one measurement, in a process of its own --------------------------------------------------


def ours(path: str, replicates: int, ridge: float) -> dict[str, Any]:
    """ifthen: reading, then horizons with their bootstrap, on one core."""
    from ifthen.evidence.horizon.estimate import time_horizons
    from ifthen.evidence.horizon.runs_file import read_runs

    start = time.process_time()
    table = read_runs(path)
    read = time.process_time() - start
    start = time.process_time()
    found = time_horizons(table, ridge=ridge, replicates=replicates, seed=SEED)
    seconds = time.process_time() - start
    ends = {
        agent.agent: [agent.at(0.5).low, agent.at(0.5).value, agent.at(0.5).high]
        for agent in found.agents
        if agent.replicates["sound"] >= 0.995 * replicates
    }
    return {
        "seconds": seconds,
        "read": read,
        "ends": ends,
        "rows": int(table.runs.sum()),
        "agents": len(table.agents),
        "tasks": len(table.tasks),
        "converged": found.converged,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


_METR = """
import json, sys, time, types
sys.modules["dvc"] = types.ModuleType("dvc")
sys.modules["dvc.api"] = types.ModuleType("dvc.api")
sys.modules["dvc"].api = sys.modules["dvc.api"]
folder, path, count, ridge = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
sys.path.insert(0, folder)
import numpy as np, pandas as pd, sklearn
from horizon.wrangle.bootstrap import _process_bootstrap
data = pd.read_json(path, lines=True, orient="records", convert_dates=False)
data = data.rename(columns={"alias": "agent"})
categories = ["task_family", "task_id", "run_id"]
results, start = [], time.process_time()
for number in range(count):
    rng = np.random.default_rng(42 + number)
    results.append(_process_bootstrap(number, data, categories, "invsqrt_task_weight", ridge, rng,
                                      [50, 80], "score_binarized"))
seconds = time.process_time() - start
found = pd.DataFrame(results)
print(json.dumps({"seconds": seconds, "draws": {name[:-4]: list(found[name])
    for name in found if name.endswith("_p50")},
    "versions": f"pandas {pd.__version__}, numpy {np.__version__}, sklearn {sklearn.__version__}"}))
"""


def looped(path: str, count: int, ridge: float) -> dict[str, Any]:
    """METR's method as a loop: rows drawn and pooled, scikit-learn fitted to each agent."""
    from sklearn.linear_model import LogisticRegression

    rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
    names, agent = np.unique([row["alias"] for row in rows], return_inverse=True)
    _, task = np.unique([row["task_id"] for row in rows], return_inverse=True)
    _, family = np.unique([row["task_family"] for row in rows], return_inverse=True)
    x = np.log2([row["human_minutes"] for row in rows])
    y = np.array([row["score_binarized"] for row in rows])
    weight = np.array([row["invsqrt_task_weight"] for row in rows])
    of_task = [np.flatnonzero(task == number) for number in range(task.max() + 1)]
    tasks_of = [np.unique(task[family == number]) for number in range(family.max() + 1)]
    draws: dict[str, list[float]] = {name: [] for name in names}
    start = time.process_time()
    for number in range(count):
        rng = np.random.default_rng(42 + number)
        drawn = []
        for chosen in rng.integers(0, len(tasks_of), len(tasks_of)):
            tasks = tasks_of[chosen]
            drawn += [of_task[t] for t in tasks[rng.integers(0, len(tasks), len(tasks))]]
        index = np.concatenate(drawn)
        order = np.lexsort((task[index], agent[index]))
        index = index[order]
        starts = np.flatnonzero(np.diff(agent[index] * len(of_task) + task[index], prepend=-1))
        sizes = np.diff(np.append(starts, len(index)))
        place = np.repeat(starts, sizes) + np.floor(
            rng.random(len(index)) * np.repeat(sizes, sizes)
        ).astype(int)
        index = index[place]
        for one, name in enumerate(names):
            mine = index[agent[index] == one]
            if len(np.unique(y[mine])) < 2:
                continue
            model = LogisticRegression(C=1 / ridge)
            model.fit(x[mine, None], y[mine], sample_weight=weight[mine])
            draws[name].append(float(2 ** (-model.intercept_[0] / model.coef_[0, 0])))
    return {"seconds": time.process_time() - start, "draws": draws, "versions": "a loop of our own"}


def measure(*arguments: str, python: str = sys.executable, code: str | None = None) -> Any:
    """What one fresh process finds."""
    script = ["-c", code] if code else [__file__, "--one"]
    done = subprocess.run(
        [python, *script, *arguments],
        env=os.environ | ONE_THREAD,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


# --- comparison, growth, calibration -----------------------------------------------------------


def compare(ends: dict[str, list[float]], draws: dict[str, list[float]], replicates: int) -> None:
    """Ends of intervals beside METR's, in standard errors of both bootstraps together."""
    print(f"\n{'agent':<26} {'ours, 95 %':>24} {'METR, 95 %':>24}   differ by (errors)")
    worst = []
    for name, (low, _, high) in ends.items():
        theirs = np.sort(np.log(draws[name]))
        gaps, shown = [], []
        for share, end in ((0.025, low), (0.975, high)):
            spread = math.sqrt(share * (1 - share) / len(theirs))
            sides = np.quantile(theirs, np.clip([share - spread, share + spread], 0, 1))
            error = max((sides[1] - sides[0]) / 2, 1e-9) * math.sqrt(1 + len(theirs) / replicates)
            shown.append(math.exp(np.quantile(theirs, share)))
            gaps.append((math.log(end) - np.quantile(theirs, share)) / error)
        worst += gaps
        pair = f"{low:.4g} to {high:.4g}", f"{shown[0]:.4g} to {shown[1]:.4g}"
        print(f"{name:<26} {pair[0]:>24} {pair[1]:>24}   {gaps[0]:+.1f} {gaps[1]:+.1f}")
    inside = sum(abs(gap) < 2 for gap in worst)
    print(f"{inside} of {len(worst)} ends within two standard errors")


def grow(folder: Path, quick: bool) -> None:
    """CPU seconds and peak memory by agents and replicates."""
    print(f"\n{'agents':>7} {'replicates':>11} {'own s':>8} {'peak MiB':>9}")
    sizes = [(5, 200), (10, 200)] if quick else [(15, 1_000), (30, 1_000), (60, 1_000)]
    sizes += [(5, 1_000)] if quick else [(15, 10_000), (15, 100_000)]
    for agents, replicates in sizes:
        path = folder / f"{agents}.jsonl"
        rows = 22_177 * agents // 15 if not quick else 20 * 6 * agents
        tasks, families = (20, 8) if quick else (228, 80)
        write_table(path, agents, tasks, families, rows)
        found = measure("ours", str(path), str(replicates), "1e-5")
        print(
            f"{agents:>7} {replicates:>11,} {found['seconds']:>8.2f} {found['peak']:>9.0f}",
            flush=True,
        )


def calibrate(tables: int, replicates: int) -> None:
    """How often the interval holds the horizon that made the data.

    What is covered is the horizon of the agent over the population of families and tasks: the
    length at which its chance of success, averaged over how hard tasks of a length are, is a half.
    """
    from ifthen.evidence.horizon.estimate import time_horizons
    from ifthen.evidence.horizon.runs import RunTable

    print(f"\n{tables} tables a row, {replicates} replicates, seeds {SEED}, {SEED + 1}, …; 95 %")
    print(f"{'families':>9} {'tasks':>6} {'runs':>5} {'spread':>7} {'holds p50':>10} {'p80':>6}")
    for families, per_family, runs, spread in (
        (36, 2, 6, 0.0),
        (36, 2, 6, 0.7),
        (80, 3, 6, 0.7),
        (36, 2, 6, 1.5),
        (15, 2, 6, 0.7),
        (8, 2, 6, 0.7),
    ):
        held = {0.5: 0, 0.8: 0}
        truth = _truth(30.0, 0.7, spread * math.sqrt(2))
        for number in range(tables):
            rng = np.random.default_rng(SEED + number)
            tasks = families * per_family
            family = np.repeat(np.arange(families), per_family)
            x = rng.uniform(0, 11, tasks)
            hard = rng.normal(0, spread, families)[family] + rng.normal(0, spread, tasks)
            chance = 1 / (1 + np.exp(-(0.7 * (math.log2(30) - x) - hard)))
            table = RunTable(
                agents=("a",),
                tasks=tuple(map(str, range(tasks))),
                families=tuple(map(str, range(families))),
                family_of=family,
                minutes=2**x,
                runs=np.full((1, tasks), runs),
                successes=rng.binomial(runs, chance)[None].astype(float),
                partial={},
                periods=(None,),
                measure="score_binarized",
            )
            agent = time_horizons(table, replicates=replicates, seed=SEED + number).agents[0]
            for quantile in held:
                found = agent.at(quantile)
                held[quantile] += found.low <= truth[quantile] <= found.high
        shares = (held[quantile] / tables for quantile in (0.5, 0.8))
        p50, p80 = (f"{share:.1%}" for share in shares)
        row = f"{families:>9} {per_family:>6} {runs:>5} {spread:>7} {p50:>10} {p80:>6}"
        print(row, flush=True)


def _truth(horizon: float, slope: float, spread: float) -> dict[float, float]:
    """The horizons of the weighted logistic curve fitted to endless data of this kind."""
    from ifthen.evidence.horizon.fit import fit

    nodes, masses = np.polynomial.hermite_e.hermegauss(60)
    x = np.linspace(0, 11, 4_001)
    z = slope * (math.log2(horizon) - x)[:, None] + spread * nodes
    chance = (1 / (1 + np.exp(-z))) @ (masses / masses.sum())
    weight = np.full((1, len(x)), 1 / len(x))
    curve = fit(x, weight, weight * chance, 1e-5)
    return {quantile: float(curve.horizon(quantile)[0]) for quantile in (0.5, 0.8)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--runs", type=Path, help="a table in METR's form")
    parser.add_argument("--metr", type=Path, help="the source folder of METR's repository")
    parser.add_argument("--metr-python", default=sys.executable, help="a Python with pandas < 3")
    parser.add_argument("--iterations", type=int, help="of METR's method (default 300, quick 200)")
    parser.add_argument("--lambda", dest="ridge", default="0.1", help="default 0.1, METR's then")
    parser.add_argument("--calibration", action="store_true", help="coverage of the interval")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        kind, path, count, ridge = options.one
        run = {"ours": ours, "loop": looped}[kind]
        print(json.dumps(run(path, int(count), float(ridge))))
        return
    source = options.runs or "made up from a fixed seed, of the size of METR's TH1.1"
    state(f"{source}; CPU seconds of one core", "numpy", "scipy", "joblib")
    if options.calibration:
        calibrate(*((20, 100) if options.quick else (1_000, 1_000)))
        return
    count = options.iterations or (200 if options.quick else 300)
    wanted = 100 if options.quick else 1_000
    with tempfile.TemporaryDirectory() as folder:
        path = options.runs or Path(folder) / "runs.jsonl"
        if not options.runs:
            write_table(path, **(SMALL if options.quick else FULL))
        runs = [measure("ours", str(path), str(wanted), options.ridge) for _ in range(3)]
        best = sorted(runs, key=lambda found: found["seconds"])[1]
        print(f"{best['rows']:,} rows, {best['agents']} agents, {best['tasks']} tasks")
        print(
            f"ifthen: {wanted:,} replicates in {best['seconds']:.3f} s (median of 3; all "
            f"converged: {best['converged']}), reading {best['read']:.2f} s"
        )
        if options.metr:
            arguments = (str(options.metr), str(path), str(count), options.ridge)
            theirs = measure(*arguments, python=options.metr_python, code=_METR)
            name = "METR's code, unchanged"
        else:
            theirs = measure("loop", str(path), str(count), options.ridge)
            name = "METR's method in a loop of our own"
        scaled = theirs["seconds"] / count * wanted
        print(
            f"{name} ({theirs['versions']}): {count} replicates in {theirs['seconds']:.1f} s, so "
            f"{wanted:,} in {scaled:.1f} s: {scaled / best['seconds']:,.0f} times ifthen's"
        )
        more = 1_000 if options.quick else 10_000
        many = measure("ours", str(path), str(more), options.ridge)
        compare(many["ends"], theirs["draws"], more)
        if not options.runs:
            grow(Path(folder), options.quick)


if __name__ == "__main__":
    main()
