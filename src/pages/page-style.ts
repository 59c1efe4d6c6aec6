/** One light theme for screens and paper. Fonts are those of the reader's machine. */

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
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 12px;
    margin: 24px 0 0;
  }
  section > .tiles {
    margin-top: 0;
  }
  .tiles > div {
    padding: 12px 14px;
    border: 1px solid var(--line);
    border-radius: 6px;
    break-inside: avoid;
  }
  .tiles dt {
    color: var(--quiet);
    font-size: 0.85rem;
  }
  .tiles dd {
    margin: 0;
  }
  .tiles .value {
    font-size: 1.5rem;
    font-weight: 700;
    line-height: 1.3;
  }
  .mark {
    font-family: "Segoe UI Symbol", "DejaVu Sans", "Liberation Sans", Arial, sans-serif;
  }
  .mark.green {
    color: #007a59;
  }
  .mark.yellow {
    color: #b87a00;
  }
  .mark.red {
    color: #c04f00;
  }
  .mark.grey {
    color: #57606a;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.9rem;
  }
  th,
  td {
    padding: 6px 10px 6px 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: top;
  }
  th {
    border-bottom: 2px solid var(--text);
    font-weight: 600;
    vertical-align: bottom;
  }
  th {
    overflow-wrap: normal;
  }
  td.number,
  td.short,
  td.name {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  tr {
    break-inside: avoid;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr));
    gap: 0 32px;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr));
    gap: 24px 32px;
    margin-top: 24px;
  }
  .figure + table {
    margin-top: 24px;
  }
  figure {
    margin: 0;
    break-inside: avoid;
  }
  figcaption {
    margin-bottom: 8px;
    font-weight: 600;
  }
  svg {
    display: block;
    width: 100%;
    max-width: 520px;
    height: auto;
  }
  .wide svg {
    max-width: none;
  }
  .narrow {
    display: none;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
    margin: 0 0 8px;
    padding: 0;
    color: var(--text);
    font-size: 0.9rem;
    list-style: none;
  }
  .swatch {
    display: inline-block;
    width: 22px;
    height: 12px;
    margin-right: 6px;
  }
  .swatch.hatched {
    background-image: repeating-linear-gradient(
      -45deg,
      transparent 0 3px,
      rgba(0, 0, 0, 0.55) 3px 5px
    );
  }
  details {
    margin-top: 8px;
  }
  summary {
    color: var(--accent);
    cursor: pointer;
    font-size: 0.9rem;
  }
  section > details {
    padding: 8px 0;
    border-bottom: 1px solid var(--line);
  }
  section > details > summary {
    font-size: 1rem;
    font-weight: 600;
  }
  @media screen and (max-width: 640px) {
    main {
      padding: 20px 16px 48px;
    }
    h1 {
      font-size: 1.6rem;
    }
    .wide {
      display: none;
    }
    .narrow {
      display: block;
    }
    table,
    tbody,
    tr,
    td {
      display: block;
    }
    thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tr {
      padding: 8px 0;
      border-bottom: 1px solid var(--line);
    }
    td {
      display: grid;
      grid-template-columns: 9.5em 1fr;
      gap: 8px;
      padding: 2px 0;
      border: 0;
    }
    td::before {
      color: var(--quiet);
      content: attr(data-label);
    }
    td.empty {
      display: none;
    }
  }
  @media print {
    @page {
      size: A4;
      margin: 14mm;
    }
    body {
      font-size: 10pt;
    }
    main {
      max-width: none;
      padding: 0;
    }
    section {
      margin-top: 22px;
    }
    h2,
    figcaption,
    summary {
      break-after: avoid;
    }
    .tiles {
      grid-template-columns: repeat(auto-fit, minmax(96px, 1fr));
    }
    .figure > figure > svg {
      max-width: 420px;
    }
    .slim {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 24px;
      break-inside: avoid;
    }
    .tiles > div {
      padding: 8px;
    }
    .tiles .value {
      font-size: 1.2rem;
    }
    .tiles dt,
    .tiles .note {
      font-size: 8pt;
    }
    table {
      font-size: 8.5pt;
      line-height: 1.35;
    }
    th,
    td {
      padding-right: 6px;
    }
    td.name {
      white-space: normal;
    }
    .figure summary {
      display: none;
    }
    summary {
      color: var(--text);
      list-style: none;
    }
    summary::-webkit-details-marker {
      display: none;
    }
    details::details-content {
      display: block;
      height: auto;
      content-visibility: visible;
    }
  }
</style>`;
