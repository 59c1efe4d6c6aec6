import { type Html, html, toDocument, trustMarkup } from "./html.ts";
import { PAGE_CSS } from "./page-css.ts";

/** Nothing is loaded, nothing is run: what the page shows is in it. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole HTML document that needs neither network nor script. */
export function renderPage({ title, body }: { title: string; body: readonly Html[] }): string {
  return toDocument(
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${trustMarkup(PAGE_CSS)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`,
  );
}
