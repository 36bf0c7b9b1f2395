"""docs/article-claims.md: the article's numbers beside ours. `python -m tests.article_claims_page` writes it; a test keeps it true."""

from __future__ import annotations

from pathlib import Path

from fourways.advisor.claim_numbers import OUTPUT, RATE, REGION, Numbers, inputs, numbers
from fourways.advisor.claims import TOLERANCE, claims
from fourways.advisor.contradictions import contradictions

PAGE = Path(__file__).parents[1] / "docs" / "article-claims.md"
HEAD = f"""# The article's numbers, recomputed

Made by `python -m tests.article_claims_page` from the price book (`fourways/catalog/prices.yaml`) and `fourways/advisor/claims.py`; not
edited by hand. Prices of {REGION}, list prices; {OUTPUT:.0%} of the tokens are output; 1 USD = {RATE} CNY where a price is in USD. A number
within {TOLERANCE:.0%} of the claim agrees. *Cannot be known* is what no price book can tell. The article's own throughputs (304K and 18K
TPM) are taken as it gives them; no number of the fake is in here.

"""


def rendered(given: Numbers | None = None) -> str:
    """The whole page."""
    given = given or numbers()
    parts = [HEAD, "| claim | our number | by | verdict | why |\n| --- | --- | --- | --- | --- |\n"]
    parts += [f"| {one.claim} | {one.ours} | {one.formula} | **{one.verdict}** | {one.why} |\n" for one in claims(given)]
    parts.append("\n## Numbers that contradict each other\n\n| two of its numbers | by how much |\n| --- | --- |\n")
    parts += [f"| {pair} | {how} |\n" for pair, how in contradictions(given)]
    parts.append("\n## What goes in\n\n| input | value | source | assumed |\n| --- | --- | --- | --- |\n")
    parts += [f"| {one.name} | {one.value} | {one.source} | {one.assumed or '-'} |\n" for one in inputs()]
    parts.append("\nWith a workload of one's own, other prices or a measured throughput: `fourways advise` (advise.md).\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
