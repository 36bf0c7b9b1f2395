"""Which of the four ways to serve is the cheapest for a workload, and why: offers made of the price book and of measured or assumed
throughputs, a decision tree that is data (`tree.yaml`), break-evens, and what would change the answer. Pure; `fourways advise` prints it.

    advice = advise(workload, region="ap-southeast-1", rates=Rates.parse(["USD=7.1CNY"]))
    cheaper(workload, kind="token", region="ap-southeast-1", monthly=Money(...), rates=...)  # a sentence for a pull request, or None
"""

from fourways.advisor.advise import Advice, advise
from fourways.advisor.cheaper import cheaper
from fourways.advisor.measured import FakeResults, Measured, measured

__all__ = ["Advice", "FakeResults", "Measured", "advise", "cheaper", "measured"]
