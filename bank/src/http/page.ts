import type { Route } from '@sikka/api';
import { ROUTES } from '@sikka/api';

export interface HomePage {
  readonly demo: boolean;
  readonly bank: string;
  readonly version: string;
  /** For the examples. */
  readonly port: number;
  /** Only in a demo: who there is to try things with. */
  readonly people: readonly {
    readonly account: string;
    readonly name: string;
    readonly has: string;
    readonly email: string;
    readonly password: string;
  }[];
}

/** Says what runs here and how to try it. No scripts, no inline styles: it passes a strict CSP. */
export function homePage(page: HomePage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sikka: ${text(page.bank)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
${page.demo ? banner : ''}
<header>
<div class="wide">
<p class="mark">${coin}<span>Sikka</span></p>
<h1>Paid without a network. Settled exactly once.</h1>
<p class="lead">This is the bank <b>${text(page.bank)}</b>,
version ${text(page.version)}. Phones pay each other offline; whoever finds a network first brings
the payment here. It settles once. Whoever signs two payments that cannot both be true has signed
the proof of it.</p>
</div>
</header>
<main class="wide">
<section>
<h2>Open the wallet</h2>
<p><a href="/app/">The wallet</a> is an app in the browser: pay, be paid, and see what you have. It
can be installed, and goes on without a network.</p>
</section>
${page.demo ? tryIt(page) : ''}
<section>
<h2>Check the bank</h2>
<p>None of this needs an account. Everything signed can be verified without trusting this page.</p>
<ul class="links">
<li><a href="/.well-known/sikka-issuer-keys.json">Issuer keys</a> what documents verify with</li>
<li><a href="/api/v1/bulletins/latest">Latest bulletin</a> bank time, revocations, keys</li>
<li><a href="/api/v1/log/checkpoints">Checkpoints</a> the bank’s commitments to its logs</li>
<li><a href="/health">Health</a> whether bank and database answer</li>
</ul>
</section>
<section>
<h2>Build on it</h2>
<p><a href="/openapi.json">OpenAPI 3.1</a>: ${Object.keys(ROUTES).length} routes, every one with
examples and each refusal it can give. <code>@sikka/api</code> is the typed client,
<code>@sikka/wallet</code> the phone’s side.${page.demo ? PAGES : ''}</p>
<div class="scroll"><table>
<thead><tr><th>Route</th><th>What it does</th><th>Who</th></tr></thead>
<tbody>
${Object.values<Route>(ROUTES).filter(isOfTheApi).map(row).join('\n')}
</tbody>
</table></div>
</section>
</main>
<footer class="wide"><p>Sikka means coin. A phone’s payment is a promise the bank has already
reserved money for; only the bank’s word <em>settled</em> says that it has moved.</p></footer>
</body>
</html>
`;
}

const PAGES = ' <a href="/redoc">Read it</a>, or <a href="/docs">try it</a>.';

const banner =
  '<p class="banner"><b>Demo.</b> Play money, keys kept on this machine, a password that ' +
  'everybody knows, codes shown instead of mailed. Not for real use.</p>';

function tryIt({ people, port }: HomePage): string {
  const rows = people.map(
    ({ account, name, has, email }) =>
      `<tr><td><code>${text(account)}</code></td><td>${text(name)}</td><td>${text(has)}</td>` +
      `<td><code>${text(email)}</code></td></tr>`,
  );
  return `<section>
<h2>Try it</h2>
<p>In a second terminal, in the same folder:</p>
<pre><code>npm run demo
TOKEN=$(npm run --silent sikka -- token --account ayesha)
curl -H "Authorization: Bearer $TOKEN" http://localhost:${port}/auth/me</code></pre>
<p>The first is a merchant’s day in a minute: four offline payments by QR code, two syncs, one
cheat caught. The second gets a token for 15 minutes; the third uses it.</p>
${signIn(people)}
<div class="scroll"><table>
<thead><tr><th>Account</th><th>Who</th><th>Starts with</th><th>Signs in as</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
</section>`;
}

/** As a client does it: password, then the code that is mailed and, in a demo, shown as well. */
function signIn([first]: HomePage['people']): string {
  if (first === undefined) return '';
  return `<p>Or sign in, as an app does: <code>POST /auth/login</code> with
<code>${text(first.email)}</code> and the password <code>${text(first.password)}</code>, then
<code>POST /auth/login/confirm</code> with the code of the answer. Mails go to
<a href="/demo/mailbox">the demo’s mailbox</a>. Everybody below has that password; you can sign up
as well.</p>`;
}

function isOfTheApi({ tag }: Route): boolean {
  return tag !== 'Service';
}

function row({ method, path, summary, auth }: Route): string {
  const who = { public: 'anybody', account: 'signed in', operator: 'operators' }[auth];
  const place = `<code>${method} ${text(path)}</code>`;
  return `<tr><td>${place}</td><td>${text(summary)}</td><td>${who}</td></tr>`;
}

function text(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');
}

/** The coin cut in two halves that match: two phones, one payment. */
const coin =
  '<svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">' +
  '<path d="M15.2 2.7a12 12 0 0 0 0 24z"/><path d="M16.8 5.3a12 12 0 0 1 0 24z"/></svg>';
