"""The alerts' part of the example settings: channels, and every rule with its defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.settings.alerting import RULES, SEVERITIES, Alerts, Channel

_HEAD = f"""\
[alerts]
# Where people find the report; without it messages name its file.
#report_url = "https://reports.example.org/vigie/report.html"
# Seconds after which a message is given up for now. It is kept, and sent by the next night or by vigie watch.
#timeout = {Alerts.timeout}
# Who is told. An address as Apprise writes it (slack://…, discord://…, tgram://…, mailtos://user:password@host?to=…,
# more than a hundred others), or the https:// address of a webhook, which is posted JSON. Without any channel incidents
# are kept, and shown by vigie alert list. vigie alert test tries each.
#[[alerts.channels]]
#name = "chat"
#url = "env:VIGIE_ALERT_CHAT"
# What goes there: severities, brands, owners of rules and expectations. Without owners and brands, all of them.
#severities = {json.dumps(list(SEVERITIES))}
#brands = ["Example"]
#owners = ["data"]
# Hours in which it is left in peace, in the brand's zone or in one of its own, and what is sent in them all the same.
#quiet_hours = ["22:00-07:00"]
#quiet_passes = {json.dumps(list(Channel.quiet_passes))}
#time_zone = "Europe/Paris"
# The channel that is used while this one is down.
#fallback = "mail"
#[[alerts.channels]]
#name = "mail"
#url = "env:VIGIE_ALERT_MAIL"
#severities = ["critical"]
# What is told. Every rule takes: on, severity, owner, channels (those of its severity), begins (a message when it
# begins, or only a line of the daily digest), digest (told every day while it lasts), and its own thresholds.
"""

_MEANING: Final[Mapping[str, str]] = {
    "expectation_critical": "A critical expectation failed: an account was set aside, or nothing was published.",
    "expectation_warning": "An expectation failed that only warns.",
    "source_failed": "An account is missing from the night; critical_after nights without it.",
    "source_late": "For so many nights an account has answered, but with no newer day.",
    "step_failed": "A step of the night failed.",
    "night_not_started": "So long after it was due, nothing of the night is there.",
    "night_not_finished": "So long after it was due, the night has not ended.",
    "anomaly": "A day out of the ordinary: how many times its usual deviation.",
    "goal_off_pace": "A goal will hardly be reached: with a probability below so many per cent.",
    "experiment_decided": "An experiment has a winner, shows that there is none, or turns out to be void.",
    "expiring": "A token, a version of an API or a metric ends within so many days.",
    "budget_spent": "The reads that a platform allows are spent, and come back in so many minutes or later.",
    "disk_low": "Less room than a night needs, or than so many gigabytes.",
}
_SHOWN: Final = "expiring"


def _rules() -> Iterator[str]:
    for name, rule in RULES.items():
        yield f"# {_MEANING[name]}"
        yield f"#[alerts.rules.{name}]"
        yield f"#severity = {json.dumps(rule.severity)}"
        if not rule.begins:
            yield "#begins = false"
        if not rule.digest:
            yield "#digest = false"
        yield from (f"#{threshold} = {value}" for threshold, value in rule.thresholds.items())
        if name == _SHOWN:
            yield "#on = true"
            yield '#owner = "operations"'
            yield '#channels = ["mail"]'


EXAMPLE: Final = _HEAD + "\n".join(_rules()) + "\n"
