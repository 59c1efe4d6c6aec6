/** The board page as Markdown. */

import { outcomeLight, riskLight } from "./lights.ts";
import { escapeMarkdown, markdownDocument, markdownSection } from "./markdown.ts";
import { describePortfolio, titleOfPortfolio } from "./portfolio-sections.ts";
import type { Portfolio } from "./portfolio.ts";
import { sayCell } from "./table.ts";

export function renderPortfolio(portfolio: Portfolio): string {
  const { headlines, missions, risks, kpis, acts } = describePortfolio(portfolio);
  return markdownDocument([
    `# ${escapeMarkdown(titleOfPortfolio(portfolio))}`,
    `**${sayCell(outcomeLight(portfolio.outcome))}** · **${sayCell(riskLight(portfolio.verdict))}**`,
    escapeMarkdown(portfolio.so_what),
    `**Ask:** ${escapeMarkdown(portfolio.ask)}`,
    ...[headlines, missions, risks, kpis, acts].map(markdownSection),
  ]);
}
