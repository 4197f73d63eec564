"""Faults of the features of the later phases."""

from sandbox.fault import Fault, Hook, declare

_FLOWS = ("phase-features",)
CHART: Hook[str] = Hook()
"""Attributes of the page of the agents by which its charts are drawn wrongly, or do not recover."""

THEME_NOT_KEPT = declare(Fault("setting-not-kept", "the theme is said to be saved, and is not", _FLOWS))
CHART.add(
    Fault("chart-contradicts-its-data", "a chart shows the figures of the agents under each other's names", _FLOWS),
    "data-names-sorted",
)
CHART.add(
    Fault("chart-axis-cut", "the columns of a chart do not begin at zero, so their heights deceive", _FLOWS),
    "data-axis-cut",
)
CHART.add(Fault("retry-does-nothing", "the button 'Retry' of the charts does nothing", _FLOWS), "data-no-retry")
TOUR_ENDLESS = declare(Fault("tour-does-not-end", "the tour begins anew instead of ending", _FLOWS))
LAST_VIEW_SHOWN = declare(
    Fault("settings-show-another-view", "the settings show the last view as the default one, whatever is kept", _FLOWS)
)
HISTORY_WITHOUT_NEW = declare(
    Fault("decision-not-in-history", "a decision is kept, and does not enter the history", _FLOWS)
)
CSV_ROW_MISSING = declare(Fault("csv-row-missing", "the last row of the history is not in the CSV file", _FLOWS))
CSV_UNFILTERED = declare(Fault("csv-unfiltered", "the CSV file ignores the filters of the history", _FLOWS))
