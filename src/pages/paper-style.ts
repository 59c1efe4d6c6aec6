/** What differs on paper: everything folded away is shown. */

import { html } from "./html.ts";

export const PAPER_STYLE = html`<style>
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
