/** Headline figures, tables and charts. */

import { html } from "./html.ts";

export const PART_STYLE = html`<style>
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
</style>`;
