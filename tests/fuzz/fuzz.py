"""Run targets for long: `python tests/fuzz/fuzz.py decoder room --runs 1000000`.

With atheris (`uv sync --group fuzz`) inputs are found by coverage of our own code, each target in a process of its own;
without it they are drawn and mutated. An input that finds a mistake is written to `artifacts/fuzz/` and shown.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FINDINGS = HERE.parents[1] / "artifacts" / "fuzz"
OURS = ["townsquare_server"]
"""What is watched: compiled kernels cannot be, so the market is imported before."""


def guided(name: str, runs: int, seed: int) -> int:
    """Let atheris lead; it ends this process."""
    import atheris

    import townsquare_research.game  # noqa: F401

    sys.path.insert(0, str(HERE))
    with atheris.instrument_imports(include=OURS):
        import targets

    chance = random.Random(seed)

    def mutator(data: bytes, most: int, number: int) -> bytes:
        chance.seed(number)
        base = data if data and chance.random() < 0.7 else chance.choice(targets.seeds(name))
        return targets.mutate(base, chance)[:most]

    corpus = FINDINGS / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(targets.seeds(name)):
        (corpus / f"seed-{number}").write_bytes(data)
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        "-max_len=20000",
        "-len_control=0",
        "-rss_limit_mb=4096",
        "-timeout=60",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], str(corpus), *options, f"-artifact_prefix={FINDINGS}/{name}-"],
        targets.TARGETS[name],
        custom_mutator=mutator,
    )
    atheris.Fuzz()
    return 0


def drawn(name: str, runs: int, seed: int) -> int:
    """Mutate valid inputs, some of them several times over."""
    sys.path.insert(0, str(HERE))
    import targets

    chance, target, begun = random.Random(seed), targets.TARGETS[name], time.monotonic()
    data = b""
    for number in range(runs):
        data = targets.mutate(data if chance.random() < 0.5 else chance.choice(targets.seeds(name)), chance)
        try:
            target(data)
        except Exception:
            FINDINGS.mkdir(parents=True, exist_ok=True)
            (FINDINGS / f"{name}-{number}").write_bytes(data)
            print(f"{name}: input {number}: {data[:200]!r}", file=sys.stderr)
            raise
    print(f"{name}: {runs} inputs in {time.monotonic() - begun:.0f} s, nothing found")
    return 0


def main() -> int:
    """Run the targets that are asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "targets", nargs="+", choices=["decoder", "words", "entry", "log", "session", "scenario", "room"]
    )
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drawn", action="store_true", help="do without atheris")
    options = parser.parse_args()
    with_atheris = not options.drawn and importlib.util.find_spec("atheris") is not None
    if len(options.targets) == 1:
        run = guided if with_atheris else drawn
        return run(options.targets[0], options.runs, options.seed)
    rest = ["--runs", str(options.runs), "--seed", str(options.seed), *(["--drawn"] if options.drawn else [])]
    codes = [
        subprocess.run([sys.executable, __file__, name, *rest], check=False).returncode for name in options.targets
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
