/** The board page as Markdown. */

import { escapeMarkdown, markdownDocument, markdownSection } from "./markdown.ts";
import { describePortfolio, titleOfPortfolio } from "./portfolio-sections.ts";
import type { Portfolio } from "./portfolio.ts";
import { VERDICT_WORDS } from "./trend-words.ts";

export function renderPortfolio(portfolio: Portfolio): string {
  const { headlines, missions, kpis, acts } = describePortfolio(portfolio);
  return markdownDocument([
    `# ${escapeMarkdown(titleOfPortfolio(portfolio))}`,
    `**Risk: ${VERDICT_WORDS[portfolio.verdict]}** (index ${portfolio.risk_index})`,
    escapeMarkdown(portfolio.so_what),
    `**Ask:** ${escapeMarkdown(portfolio.ask)}`,
    ...[headlines, missions, kpis, acts].map(markdownSection),
  ]);
}
