"""Reports on runs of `fourways bench`: one HTML page, Markdown and JSON, from the same numbers.

`reading` loads runs, `build` computes everything, `page` puts it in order; `write` is the whole way. Measures are `fourways.benchmark`'s,
the arithmetic of money is `fourways.economics`', the looks are `fourways.pages`'; nothing of them is done here again.
"""

from fourways.report.build import Asked
from fourways.report.reading import ReportError
from fourways.report.write import write

__all__ = ["Asked", "ReportError", "write"]
