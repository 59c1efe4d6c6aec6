/** The page and its text: one light theme. Fonts are those of the reader's machine. */

import { html } from "./html.ts";

export const PAGE_STYLE = html`<style>
  :root {
    color-scheme: light;
    --text: #1f2328;
    --quiet: #57606a;
    --line: #d8dee4;
    --soft: #f6f8fa;
    --accent: #0072b2;
  }
  * {
    box-sizing: border-box;
  }
  body {
    margin: 0;
    background: #fff;
    color: var(--text);
    font:
      16px/1.5 "Segoe UI",
      Roboto,
      "Helvetica Neue",
      Arial,
      "Liberation Sans",
      sans-serif;
    overflow-wrap: anywhere;
    print-color-adjust: exact;
    -webkit-print-color-adjust: exact;
  }
  main {
    max-width: 1080px;
    margin: 0 auto;
    padding: 32px 24px 64px;
  }
  header {
    border-bottom: 2px solid var(--text);
    padding-bottom: 20px;
  }
  .kind {
    margin: 0;
    color: var(--quiet);
    font-size: 0.85rem;
    letter-spacing: 0.06em;
    text-transform: uppercase;
  }
  h1 {
    margin: 0;
    font-size: 2rem;
    line-height: 1.2;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 1.3rem;
    line-height: 1.3;
  }
  section {
    margin-top: 40px;
  }
  .about,
  .note,
  .absence {
    color: var(--quiet);
  }
  .about {
    margin: 4px 0 20px;
  }
  .verdict {
    margin: 0 0 8px;
    font-size: 1.6rem;
    font-weight: 700;
  }
  .verdict .index {
    color: var(--quiet);
    font-size: 1rem;
    font-weight: 400;
  }
  .lead {
    margin: 0;
    max-width: 46em;
    font-size: 1.2rem;
  }
  .ask {
    margin: 16px 0 0;
    padding: 12px 16px;
    border-left: 4px solid var(--accent);
    background: var(--soft);
    font-size: 1.1rem;
  }
  .note {
    margin: 8px 0 0;
    font-size: 0.9rem;
  }
  .steps {
    margin: 0;
    padding-left: 1.6em;
    font-size: 1.1rem;
  }
  .steps li {
    margin: 4px 0;
  }
</style>`;
