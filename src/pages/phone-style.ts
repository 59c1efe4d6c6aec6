/** What differs on a narrow screen: rows of tables become cards. */

import { html } from "./html.ts";

export const PHONE_STYLE = html`<style>
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
      display: none;
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
</style>`;
