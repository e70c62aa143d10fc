"""docs/validation.md as text, from a report.

Law: every number comes from the report; a sentence that interprets says only what holds whatever the numbers are.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence

from townsquare_research.sensitivity import NEAR, OPEN_ENDED, OUTCOMES, Screening
from townsquare_research.validation.findings import BIAS, ERRORS, Fact, Row, Verdict
from townsquare_research.validation.randomness import COUNT, Battery
from townsquare_research.validation.report import Report

SHOWN = 20  # factors of the screening around the defaults
SHOWN_WIDE = 12
_WIDE = (
    f"Numbers whose limit is more than {OPEN_ENDED:g} times their default stay where they are. Most of "
    "this space is far "
    "from any market (nobody knows anybody, or everybody trusts everybody), so that the table says what an author of "
    "scenarios can break, not what our defaults carry; so few trajectories rank only the first few."
)
HEADINGS = {
    "equity_gap": "equity gap, relationship less campaign (money)",
    "trust": "trust",
    "customers": "customers a vendor (accounts)",
    "churned": "churned a vendor (accounts)",
}


def to_markdown(report: Report) -> str:
    """Return the whole document."""
    parts = [
        *_head(report),
        *_exact(report),
        *_randomness(report.battery),
        *_facts(report.facts),
        *_sensitivity(report),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _head(report: Report) -> Iterator[str]:
    yield "# Validation"
    yield ""
    yield _prose(
        "Written by `townsquare validate --out docs/validation.md`; do not edit. Seeds are fixed: "
        "whoever runs it again "
        "with the same version gets these digits. What fails is printed as failing, and nothing in the model has been "
        f"set so that a row passes. The market is the shipped scenario `{report.scenario}` (digest `{report.digest}`)."
    )
    if report.quick:
        yield ""
        yield "**This is a quick run**: too small for most stylised facts, and without the screening."
    yield ""
    rows = [row for rows in report.rows.values() for row in rows]
    yield f"- Exact results: {_tally([row.verdict for row in rows])}."
    yield f"- Stylised facts: {_tally([fact.verdict for fact in report.facts])}."
    yield ""


def _prose(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _tally(verdicts: Sequence[Verdict]) -> str:
    counted = {verdict: verdicts.count(verdict) for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNRESOLVED)}
    return ", ".join(f"{count} {verdict}" for verdict, count in counted.items())


def _exact(report: Report) -> Iterator[str]:
    yield "## Exact results"
    yield ""
    yield _prose(
        f"A row passes when what was found lies within {ERRORS:.0f} standard errors (s.e.) of what "
        "theory says, plus the "
        "allowance named in its note, and that reach is small enough to see a bias of "
        f"{100 * BIAS:.0f} %; otherwise it is unresolved. Rows without a standard error are not random."
    )
    for name, rows in report.rows.items():
        yield ""
        yield f"### {name}"
        yield ""
        yield "| quantity | expected | found | s.e. | verdict | note |"
        yield "|---|---|---|---|---|---|"
        for row in rows:
            yield f"| {_exact_row(row)} |"
    yield ""


def _exact_row(row: Row) -> str:
    error = f"{row.error:.2g}" if row.error else ""
    cells = [row.quantity, _number(row.expected), _number(row.found), error, _verdict(row.verdict), row.note]
    return " | ".join(cell.replace("|", "\\|") for cell in cells)


def _randomness(battery: Battery) -> Iterator[str]:
    yield "## Keyed randomness: the battery and its p-values"
    yield ""
    yield _prose(
        f"{COUNT} draws along one part of the key, the others fixed, for each part and from two places. Among "
        f"{battery.p.size} p-values the smallest should be about 1/{battery.p.size}, and they should be uniform: the "
        f"smallest is {battery.smallest:.2g}, and uniformity has p = {battery.even:.2g} (Kolmogorov-Smirnov). The same "
        "tests reject a plain counter with p < 1e-6."
    )
    yield ""
    yield f"| test | {' | '.join(battery.walks)} |"
    yield f"|---|{'---|' * len(battery.walks)}"
    for test, row in zip(battery.tests, battery.p, strict=True):
        yield f"| {test} | {' | '.join(f'{p:.3f}' if p >= 0.001 else f'{p:.1e}' for p in row)} |"
    yield ""


def _facts(facts: Sequence[Fact]) -> Iterator[str]:
    yield "## Stylised facts"
    yield ""
    yield _prose(
        "What the literature reports of real markets, measured on ours with its defaults. Intervals are 95 %. A fact "
        "passes when its interval lies inside what is wanted, fails when it lies outside, and is "
        "unresolved when it does "
        "neither. A failing fact says what the market should not be used to study."
    )
    yield ""
    yield "| fact | source | found | wanted | verdict |"
    yield "|---|---|---|---|---|"
    for fact in facts:
        yield f"| {fact.name} | {fact.source} | {fact.interval:.3g} | {fact.wanted} | {_verdict(fact.verdict)} |"
    for fact in facts:
        yield ""
        yield f"### {fact.name}: {fact.verdict}"
        yield ""
        yield f"- Claim: {fact.claim} ({fact.source})."
        yield f"- Measured: {fact.measured}."
        yield f"- Found: {fact.interval:.3g}; wanted: {fact.wanted}."
        yield from (f"- {detail[0].upper()}{detail[1:]}." for detail in fact.details)
    yield ""


def _sensitivity(report: Report) -> Iterator[str]:
    yield "## Sensitivity: which of our own numbers carry the outcomes"
    yield ""
    if not report.screenings:
        yield "Not part of a quick run."
        return
    yield _prose(
        "Elementary effects (Morris 1991; Campolongo, Cariboni & Saltelli 2007) of every number in the "
        "schema that has a "
        "range. An effect is what an outcome changes by when one number moves over its whole range, in one world, with "
        "the others at random places of theirs; μ\\* is the mean size, μ the mean, σ the spread. σ near "
        "or above μ\\* says "
        f"that the effect depends on the other numbers. Games of {report.sizes.rounds} rounds in which every other "
        "vendor builds relationships and the others campaign. *Assumed* means that nobody has measured the default: "
        "where such a number ranks high, the outcome rests on our assumption."
    )
    for name, found in report.screenings.items():
        near = name == "near"
        yield ""
        yield f"### {'Around the defaults' if near else 'Over all that the schema allows'}"
        yield ""
        reach = f"from {NEAR[0]:g} to {NEAR[1]:g} times its default" if near else "over all that the schema allows"
        games = f"{found.effects.shape[0] * (len(found.factors) + 1):,}".replace(",", " ")
        text = f"{len(found.factors)} numbers, each {reach}; {found.effects.shape[0]} trajectories, {games} games."
        yield _prose(text if near else f"{text} {_WIDE}")
        yield from _summary(found)
        for outcome in OUTCOMES if near else OUTCOMES[:1]:
            yield from _ranking(found, outcome, SHOWN if near else SHOWN_WIDE)
        idle = found.idle()
        if idle:
            yield ""
            names = ", ".join(f"`{factor}`" for factor in idle)
            text = f"Changed no outcome in any trajectory, exactly: {names}."
            yield _prose(
                f"{text} Some belong to what this scenario has not got, such as groups; others were hidden by the rest."
            )


def _summary(found: Screening) -> Iterator[str]:
    yield ""
    for outcome in OUTCOMES:
        size = found.mu_star(outcome)
        total = float(size.sum())
        assumed = [index for index, factor in enumerate(found.factors) if factor.source == "assumed"]
        if total:
            share = float(size[assumed].sum()) / total
            yield f"- {HEADINGS[outcome]}: {100 * share:.0f} % of the sum of all μ\\* belongs to assumed defaults."


def _ranking(found: Screening, outcome: str, shown: int) -> Iterator[str]:
    size, mean, spread = found.mu_star(outcome), found.mu(outcome), found.sigma(outcome)
    yield ""
    yield f"**{HEADINGS[outcome][0].upper()}{HEADINGS[outcome][1:]}**"
    yield ""
    yield "| | number | range | default | source | μ\\* | μ | σ |"
    yield "|---|---|---|---|---|---|---|---|"
    for place, index in enumerate(found.ranked(outcome)[:shown], start=1):
        factor = found.factors[index]
        cells = (
            f"`{factor.name}`",
            f"{factor.low:.4g} - {factor.high:.4g} {factor.unit}",
            f"{factor.default:.4g}",
            f"**{factor.source}**" if factor.source == "assumed" else factor.source,
            *(_number(float(column[index])) for column in (size, mean, spread)),
        )
        yield f"| {place} | {' | '.join(cells)} |"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.5g}" if abs(value) < 1 else f"{value:.6g}"


def _verdict(verdict: Verdict) -> str:
    return "pass" if verdict is Verdict.PASS else f"**{verdict}**"
