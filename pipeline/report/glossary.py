"""What the figures of the page mean, from the published registry: the tooltips, readable on paper and by ear."""

from __future__ import annotations

from pipeline.report.blocks import Cell, Section, Table
from pipeline.report.view import View


def section(view: View) -> Section | None:
    """Every metric that the sections before have used."""
    rows: list[list[str | Cell]] = [
        [entry["label"], entry["definition"], view.say(f"additivity_{entry['additivity']}")]
        for entry in sorted(
            (view.definitions[name] for name in view.used), key=lambda entry: str(entry["label"]).casefold()
        )
    ]
    if not rows:
        return None
    table = Table(view.say("glossary"), view.words("figure", "meaning", "added_up"), rows)
    return Section("glossary", view.say("glossary"), [table])
