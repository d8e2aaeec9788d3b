"""The verbs. DAG and command line call these and nothing below them."""

from pipeline.alerts import Delivery, Incident
from pipeline.report.experiments import TrialText
from pipeline.report.period import Period
from pipeline.steps.as_of import AsOf, as_of
from pipeline.steps.backfill import Backfilled, Stretch, backfill, plan_backfill, serve_backfill
from pipeline.steps.dictionary import dictionary
from pipeline.steps.explain import explain
from pipeline.steps.exports import import_export, understand_export
from pipeline.steps.fetch import Fetched, fetch, fetch_all
from pipeline.steps.gates import prepare
from pipeline.steps.importing import Imported, import_archive, import_unit, serve, understand
from pipeline.steps.incidents import acknowledge, incident, incidents, snooze, told_by_night, try_channels
from pipeline.steps.judged import History, quality_history
from pipeline.steps.lineage import UnknownNameError, lineage
from pipeline.steps.load import Loaded, load
from pipeline.steps.money import Margins, experiment, funnel, margin
from pipeline.steps.night import Night, Replay, nights, replay, run
from pipeline.steps.overview import Overview, overview
from pipeline.steps.plan import from_message, plan, to_message
from pipeline.steps.printing import deliver_report
from pipeline.steps.project import Project, held, last_night, open_project
from pipeline.steps.publishing import Published, publish_night, roll_back
from pipeline.steps.quarantine import Release, quarantine, quarantined
from pipeline.steps.quarantine import drop as drop_quarantined
from pipeline.steps.quarantine import release as release_quarantined
from pipeline.steps.status import status
from pipeline.steps.suites import lint_suites, propose_suite, write_expectations
from pipeline.steps.tell import Told, tell, tell_late, write_report
from pipeline.steps.timing import utc_now
from pipeline.steps.transform import Transformed, transform
from pipeline.steps.validate import Validated, validate, validate_as_of
from pipeline.steps.watch import Watched, watch

__all__ = [
    "AsOf",
    "Backfilled",
    "Delivery",
    "Fetched",
    "History",
    "Imported",
    "Incident",
    "Loaded",
    "Margins",
    "Night",
    "Overview",
    "Period",
    "Project",
    "Published",
    "Release",
    "Replay",
    "Stretch",
    "Told",
    "Transformed",
    "TrialText",
    "UnknownNameError",
    "Validated",
    "Watched",
    "acknowledge",
    "as_of",
    "backfill",
    "deliver_report",
    "dictionary",
    "drop_quarantined",
    "experiment",
    "explain",
    "fetch",
    "fetch_all",
    "from_message",
    "funnel",
    "held",
    "import_archive",
    "import_export",
    "import_unit",
    "incident",
    "incidents",
    "last_night",
    "lineage",
    "lint_suites",
    "load",
    "margin",
    "nights",
    "open_project",
    "overview",
    "plan",
    "plan_backfill",
    "prepare",
    "propose_suite",
    "publish_night",
    "quality_history",
    "quarantine",
    "quarantined",
    "release_quarantined",
    "replay",
    "roll_back",
    "run",
    "serve",
    "serve_backfill",
    "snooze",
    "status",
    "tell",
    "tell_late",
    "to_message",
    "told_by_night",
    "transform",
    "try_channels",
    "understand",
    "understand_export",
    "utc_now",
    "validate",
    "validate_as_of",
    "watch",
    "write_expectations",
    "write_report",
]
