import { createHash } from 'node:crypto';

/** Colours with a contrast of 4.5:1, in light and dark mode. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
body { display: grid; min-height: 100vh; margin: 0; place-items: center; background: light-dark(#f3f5f8, #101419); color: light-dark(#1a2330, #e3e8ee); }
main { box-sizing: border-box; width: min(100% - 32px, 420px); padding: 24px 28px; border: 1px solid light-dark(#d7dde5, #2c343f); border-radius: 10px; background: light-dark(#ffffff, #181d24); }
h1 { margin: 0 0 12px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 12px; overflow-wrap: anywhere; }
main > :last-child, form > :last-child { margin-bottom: 0; }
[role="alert"] { padding: 8px 12px; border-left: 3px solid light-dark(#b3261e, #ff8a80); background: light-dark(#fde7e5, #3d1a18); }
label { font-weight: 600; }
input { display: block; box-sizing: border-box; width: 100%; margin-top: 4px; padding: 8px 10px; border: 1px solid light-dark(#66727f, #8b97a6); border-radius: 6px; background: light-dark(#ffffff, #11161c); color: inherit; font: inherit; font-weight: 400; }
button { padding: 8px 16px; border: 1px solid light-dark(#66727f, #8b97a6); border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer; }
button[value="allow"] { border-color: #1a5fb4; background: #1a5fb4; color: #ffffff; font-weight: 600; }
:focus-visible { outline: 2px solid light-dark(#0b57d0, #a8c9ff); outline-offset: 2px; }
`;

/** The headers of a page from {@link htmlPage}: it loads nothing, is not cached and cannot be framed. */
export const HTML_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`,
  'Referrer-Policy': 'no-referrer',
} as const;

/**
 * An HTML page for the browser, with its own styles.
 *
 * @param title   HTML
 * @param content HTML
 */
export function htmlPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
