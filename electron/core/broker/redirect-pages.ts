/**
 * The pages that the browser shows when it comes back: ours, static, self-contained, and without anything that came
 * with the request (RFC 9700 s4.2.4). The only styles are those below, allowed by their digest;
 * the texts are the catalogue's.
 */
import { createHash } from 'node:crypto';
import type { Language } from '../../../shared/settings.ts';
import { browserWords } from '../../../shared/words/browser.ts';

export interface OutcomePage {
  readonly tone: 'good' | 'calm' | 'bad';
  readonly title: string;
  readonly sentences: readonly string[];
  /** What may be done from now on, in our own words. */
  readonly permissions?: readonly string[];
}

/** The pages that no outcome stands behind. */
export type PlainPage = 'alreadyUsed' | 'notOurs' | 'stopped' | 'broken';

export function plainPage(name: PlainPage, language: Language): OutcomePage {
  return { tone: name === 'broken' ? 'bad' : 'calm', ...browserWords[language][name] };
}

const style = `
:root{color-scheme:light dark;--page:#f3f5f8;--card:#fff;--text:#1c2430;--soft:#505b6b;--line:#dde2e9;--tone:#3c5a86;--tint:#e8eef7}
.good{--tone:#1a7048;--tint:#e2f3ea}.bad{--tone:#a3341f;--tint:#fbe9e5}
@media (prefers-color-scheme:dark){
:root{--page:#12161c;--card:#1b212a;--text:#eef1f5;--soft:#b3bdca;--line:#303946;--tone:#9db8e0;--tint:#263347}
.good{--tone:#74cfa0;--tint:#1d3a2d}.bad{--tone:#f2a08d;--tint:#43251f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--page);color:var(--text);
font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:34rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;
box-shadow:0 1px 2px rgb(0 0 0/.05),0 8px 28px rgb(0 0 0/.07)}
svg{display:block;width:3rem;height:3rem;padding:.7rem;border-radius:50%;background:var(--tint);color:var(--tone)}
h1{margin:1.1rem 0 .5rem;font-size:1.35rem;line-height:1.35;text-wrap:balance;overflow-wrap:anywhere}
p{margin:.35rem 0;color:var(--soft);overflow-wrap:anywhere}
h2{margin:1.25rem 0 .25rem;font-size:1rem;font-weight:600}
ul{margin:0;padding-left:1.2rem;color:var(--soft)}
footer{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}
@media (forced-colors:active){main{border-color:CanvasText}svg{color:CanvasText}}
`;

const styleDigest = createHash('sha256').update(style).digest('base64');

/** Shapes, so that the outcome does not rest on colour alone. */
const icons: Readonly<Record<OutcomePage['tone'], string>> = {
  good: '<path d="M4 12.5l5.5 5.5L20 6.5"/>',
  calm: '<path d="M5 12h14"/>',
  bad: '<path d="M12 4v10M12 19v.5"/>',
};

/** Sent with every page and every other answer of the listener. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
};

/** The whole document. Names of accounts and services may stand in the texts; they are escaped. */
export function renderPage(page: OutcomePage, language: Language): string {
  const title = escapeHtml(page.title);
  const sentences = page.sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Conexor Desktop</title>
<style>${style}</style>
</head>
<body>
<main class="${page.tone}">
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${icons[page.tone]}</svg>
<h1>${title}</h1>
<div role="status">
${sentences}
</div>${permissionList(page.permissions ?? [], language)}
<footer>Conexor Desktop</footer>
</main>
</body>
</html>
`;
}

function permissionList(permissions: readonly string[], language: Language): string {
  if (permissions.length === 0) return '';
  const items = permissions.map((permission) => `<li>${escapeHtml(permission)}</li>`).join('\n');
  const title = browserWords[language].signedIn.permissions;
  return `\n<h2 id="permissions">${title}</h2>\n<ul aria-labelledby="permissions">\n${items}\n</ul>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
