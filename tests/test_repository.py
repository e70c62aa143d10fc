"""What must hold for the repository as a whole: no machine is named, pins are whole, modules are tested, links live."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "agents": ROOT / "agents" / "townsquare_agents",
    "research": ROOT / "research" / "townsquare_research",
    "server": ROOT / "server" / "townsquare_server",
}
# modules without a test file of their own -> the one that tests what they are for: they only work together
TESTED_BY = {
    "tests/agents/kernels/test_response.py": [
        *(f"agents/townsquare_agents/kernels/{name}.py" for name in ("learning", "sharing")),
    ],
    "tests/agents/kernels/test_rules.py": [
        *(f"agents/townsquare_agents/kernels/{name}.py" for name in ("exits", "experience", "journey")),
    ],
    "tests/agents/test_market.py": [
        *(f"agents/townsquare_agents/{name}.py" for name in ("agent", "buyer", "columns", "expert", "messages")),
        *(f"agents/townsquare_agents/{name}.py" for name in ("metrics", "plan", "platforms", "tick_metrics")),
        *(f"agents/townsquare_agents/kernels/{name}.py" for name in ("codes", "day", "measures", "tables")),
        *(f"agents/townsquare_agents/{name}.py" for name in ("buyers_on_demand", "vendor", "vendor_rows", "world")),
    ],
    "tests/agents/test_marketer.py": [
        f"agents/townsquare_agents/kernels/{name}.py" for name in ("calendar", "posting")
    ],
    "tests/agents/test_rules.py": ["agents/townsquare_agents/kernels/powers.py"],
    "tests/agents/test_spammer.py": ["agents/townsquare_agents/kernels/spam.py"],
    "tests/agents/test_digest.py": ["agents/townsquare_agents/kernels/fingerprint.py"],
    "tests/agents/test_imported_networks.py": ["agents/townsquare_agents/network_checks.py"],
    "tests/agents/test_population.py": ["agents/townsquare_agents/parameters/start.py"],
    "tests/agents/test_policies.py": ["agents/townsquare_agents/policies/spenders.py"],
    "tests/agents/test_scenario.py": [
        *(f"agents/townsquare_agents/{name}.py" for name in ("errors", "explanations", "scenario_checks")),
        *(f"agents/townsquare_agents/{name}.py" for name in ("scenario_parts", "toml_source")),
        *(f"agents/townsquare_agents/parameters/{name}.py" for name in ("buying", "quantity", "reading")),
        *(f"agents/townsquare_agents/parameters/{name}.py" for name in ("selling", "square")),
    ],
    "tests/agents/test_stories.py": ["agents/townsquare_agents/kernels/events.py"],
    "tests/research/test_game.py": ["research/townsquare_research/records.py"],
    "tests/research/test_document_tables.py": [
        *(f"research/townsquare_research/document_tables/{name}.py" for name in ("cells", "keys", "rules")),
        *(f"research/townsquare_research/document_tables/{name}.py" for name in ("shipped", "variables")),
    ],
    "tests/server/command_line/test_bots.py": [
        *(f"server/townsquare_server/bots/{name}.py" for name in ("crowd", "guest", "host", "rehearsal", "spectator")),
    ],
    "tests/server/test_codec.py": ["server/townsquare_server/wire.py"],
    "tests/server/test_desk.py": ["server/townsquare_server/graphs.py"],
    "tests/server/test_engines.py": [
        f"server/townsquare_server/{name}.py" for name in ("engine_calls", "engine_process")
    ],
    "tests/server/test_event_log.py": [f"server/townsquare_server/{name}.py" for name in ("log_store", "stores")],
    "tests/server/test_hosting.py": [f"server/townsquare_server/{name}.py" for name in ("mending", "pump", "steps")],
    "tests/server/test_layout.py": ["server/townsquare_server/graph_file.py"],
    "tests/server/test_metrics.py": ["server/townsquare_server/traffic.py"],
    "tests/server/test_runner.py": [f"server/townsquare_server/{name}.py" for name in ("engine", "game_engine")],
    "tests/server/test_warm_up.py": ["research/townsquare_research/warm_up.py"],
    "tests/server/test_room.py": [
        f"server/townsquare_server/{name}.py" for name in ("changes", "effects", "errors", "room_settings", "state")
    ],
}
FORBIDDEN = {
    "a registry's host": re.compile(
        r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|debian\.(org|net))\b"
    ),
    "a path of one machine": re.compile(r"(?<![\w./-])/(work|root|home|Users)/\w"),
}
THIRD_PARTY = ("web_client/vendor/",)


def tracked() -> Iterator[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no list of the repository's files")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return (name for name in listing.decode().split("\0") if name and (ROOT / name).is_file())


def text_of(name: str) -> str:
    return (ROOT / name).read_bytes().decode("utf-8", errors="replace")


def modules() -> Iterator[tuple[str, Path]]:
    for name in tracked():
        path = ROOT / name
        for root, package in PACKAGES.items():
            if path.suffix == ".py" and path.is_relative_to(package) and path.stat().st_size > 0:
                yield root, path


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = [
        f"{name}: {what}: {match.group()}"
        for name in tracked()
        if not name.startswith(THIRD_PARTY)
        for what, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text_of(name))
    ]
    assert found == []


def test_every_module_has_a_test_file() -> None:
    listed = {name for names in TESTED_BY.values() for name in names}
    lacking = []
    for root, path in modules():
        name = path.relative_to(ROOT).as_posix()
        own = any((ROOT / "tests" / root).rglob(f"test_{path.stem}.py"))
        if path.name != "__init__.py" and not own and name not in listed:
            lacking.append(name)
    assert lacking == []


def test_list_of_modules_tested_together_is_true() -> None:
    assert [name for test, names in TESTED_BY.items() for name in (test, *names) if not (ROOT / name).is_file()] == []


def test_every_module_states_its_law() -> None:
    silent = [str(path) for _, path in modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_every_pin_has_a_hash_and_every_dependency_a_pin() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    wanted = {"runtime.txt": project["project"]["dependencies"]}
    wanted["ci.txt"] = [
        *wanted["runtime.txt"],
        *project["dependency-groups"]["dev"],
        *project["dependency-groups"]["lint"],
    ]
    for file, dependencies in wanted.items():
        entries = re.split(r"\n(?=\S)", text_of(f"requirements/{file}"))
        pins = {entry.split("==")[0]: entry for entry in entries if "==" in entry}
        assert {re.split(r"[<>=~! ]", dependency)[0] for dependency in dependencies} <= set(pins)
        assert [name for name, entry in pins.items() if "--hash=sha256:" not in entry] == []


def test_the_readme_command_is_what_ci_runs() -> None:
    command = "pip install uv && uv run pytest"
    assert command in text_of("README.md")
    assert command in text_of(".ci/run").replace("pip install --quiet --disable-pip-version-check uv", "pip install uv")


def test_changelog_tells_whether_results_changed() -> None:
    changelog = text_of("CHANGELOG.md")
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog
    assert "Results change:" in changelog


def test_pictures_are_small() -> None:
    pictures = [ROOT / name for name in tracked() if name.startswith("docs/images/")]
    assert [picture.name for picture in pictures if picture.stat().st_size > 300_000] == []


def test_links_between_documents_lead_somewhere() -> None:
    dead = []
    for name in tracked():
        if not name.endswith(".md") or name.startswith(THIRD_PARTY):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(name)):
            if not re.match(r"[a-z]+:", target) and not ((ROOT / name).parent / target).exists():
                dead.append(f"{name}: {target}")
    assert dead == []


def test_every_line_of_the_threat_model_names_a_test_that_exists() -> None:
    lines = [line for line in text_of("docs/threat_model.md").splitlines() if line.startswith("| ")]
    threats = [line for line in lines if not line.startswith(("| threat", "| ---"))]
    written = set(re.findall(r"\bdef (test_\w+)", "\n".join(text_of(n) for n in tracked() if n.startswith("tests/"))))
    assert len(threats) > 35
    for line in threats:
        named = re.findall(r"`(test_\w+)`", line.rpartition(" | ")[2])
        assert named, line
        assert set(named) <= written, line


def test_secrets_are_compared_in_constant_time() -> None:
    secret = {"signature", "given", "key", "token", "personal_code", "host_key", "secret"}
    found = []
    for name in ("seats", "lobby", "guard", "admission", "pages", "desk"):
        path = PACKAGES["server"] / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq | ast.In) for op in node.ops):
                names = {
                    each.id for side in (node.left, *node.comparators) for each in [side] if isinstance(each, ast.Name)
                }
                fields = {each.attr for each in (node.left, *node.comparators) if isinstance(each, ast.Attribute)}
                if (names | fields) & secret:
                    found.append(f"{name}.py:{node.lineno}")
    assert found == []
    assert "hmac.compare_digest(" in text_of("server/townsquare_server/seats.py")
    assert "hmac.compare_digest(" in text_of("server/townsquare_server/lobby.py")
