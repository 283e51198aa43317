import { HTML_HEADERS, htmlPage } from '../../cli/shared/html-page.ts';
import type { GenesysResponse } from './exchange.ts';

/** The names of the login form's fields. */
export const LOGIN_FIELDS = { userName: 'userName', password: 'password', decision: 'decision' } as const;

/** The value of the field `decision` that declines the client's request. */
export const DENY = 'deny';

/**
 * The page on which a person logs in. Its form posts to the page's own address, whose query is the client's request.
 *
 * @param failure why the page is shown again
 */
export function loginPage(clientName: string, userName = '', failure?: string): GenesysResponse {
  return page(
    failure === undefined ? 200 : 401,
    'Log in to Genesys Cloud (sandbox)',
    `<p>${escapeHtml(clientName)} requests access on your behalf.</p>
${failure === undefined ? '' : `<p role="alert">${escapeHtml(failure)}</p>`}
<form method="post">
<p><label>E-mail <input name="${LOGIN_FIELDS.userName}" value="${escapeHtml(userName)}" autocomplete="username" autofocus></label></p>
<p><label>Password <input name="${LOGIN_FIELDS.password}" type="password" autocomplete="current-password"></label></p>
<p><button name="${LOGIN_FIELDS.decision}" value="allow">Log in</button>
<button name="${LOGIN_FIELDS.decision}" value="${DENY}">Cancel</button></p>
</form>`,
  );
}

/** The page for a request that must not be redirected, because its client or redirect URI is unknown. */
export function errorPage(status: number, error: string, description: string): GenesysResponse {
  return page(status, 'Genesys Cloud (sandbox)', `<p>${escapeHtml(error)}: ${escapeHtml(description)}</p>`);
}

function page(status: number, title: string, content: string): GenesysResponse {
  return { status, headers: HTML_HEADERS, body: htmlPage(escapeHtml(title), content) };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => ENTITIES[character] ?? character);
}
