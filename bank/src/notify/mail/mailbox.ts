import type { Handlers } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import { escapeHtml } from '../html.ts';
import { limits } from '../limits.ts';
import { readMailbox } from '../store/index.ts';
import { mailboxStyle } from './mailbox-style.ts';
import { openMail } from './sealing.ts';
import type { Sealer } from './sealing.ts';
import { renderMail } from './templates.ts';
import type { MailLanguage } from './templates.ts';

export interface MailboxDeps {
  readonly pool: Pool;
  readonly vault: Sealer;
  readonly bank: string;
}

/** The demo's mails on a page, because nobody has set up a mail server for it. */
export function mailboxRoutes(deps: MailboxDeps): Handlers<'getMailbox' | 'getMailboxStyle'> {
  return {
    getMailbox: async ({ query }) => {
      const mails = await mailsOf(deps);
      return { ok: true, status: 200, value: mailboxPage(mails, query.lang ?? 'en') };
    },
    getMailboxStyle: async () => ({ ok: true, status: 200, value: mailboxStyle }),
  };
}

/** A mail as the page shows it. */
export interface ShownMail {
  readonly to: string;
  readonly language: MailLanguage;
  readonly subject: string;
  readonly text: string;
  readonly code: string | undefined;
  readonly at: Date;
}

async function mailsOf({ pool, vault, bank }: MailboxDeps): Promise<readonly ShownMail[]> {
  const rows = await readMailbox(pool, limits.mailboxMails);
  return Promise.all(
    rows.map(async (row) => {
      const { messageId, template, language, createdAt: at } = row;
      const { to, values } = await openMail(vault, { bank, messageId }, row.sealed);
      const { subject, text } = renderMail({ template, language, values, at });
      return { to, language, subject, text, code: values['code'], at };
    }),
  );
}

const WORDS = {
  en: {
    title: 'Mailbox',
    banner: '<b>Demo.</b> Nothing leaves this machine. These mails would have been sent.',
    empty: 'No mail yet',
    emptyHint: 'Sign up or sign in, and the code comes here within a second.',
    reload: 'Look again',
    other: 'اردو',
    to: 'To',
  },
  ur: {
    title: 'میل باکس',
    banner: '<b>ڈیمو۔</b> اس مشین سے باہر کچھ نہیں جاتا۔ یہ ای میلیں بھیجی جاتیں۔',
    empty: 'ابھی کوئی ای میل نہیں',
    emptyHint: 'اکاؤنٹ بنائیں یا سائن اِن کریں، کوڈ ایک سیکنڈ میں یہاں آئے گا۔',
    reload: 'دوبارہ دیکھیں',
    other: 'English',
    to: 'بنام',
  },
} as const;

/** Everything that came from outside is escaped. No scripts, no inline styles: a strict CSP. */
export function mailboxPage(mails: readonly ShownMail[], lang: MailLanguage): string {
  const words = WORDS[lang];
  const other = lang === 'en' ? 'ur' : 'en';
  const list =
    mails.length === 0
      ? `<div class="empty"><h2>${words.empty}</h2><p>${words.emptyHint}</p></div>`
      : mails.map((mail, index) => card(mail, { open: index === 0, to: words.to })).join('\n');
  return `<!doctype html>
<html lang="${lang}" dir="${lang === 'ur' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sikka: ${words.title}</title>
<link rel="stylesheet" href="/demo/mailbox.css">
</head>
<body>
<header>
<div class="bar">
<a class="mark" href="/">${coin}<span lang="en">Sikka</span></a>
<a class="language" href="/demo/mailbox?lang=${other}" lang="${other}">${words.other}</a>
</div>
<h1>${words.title}</h1>
<p>${words.banner}</p>
</header>
<main>
${list}
</main>
<nav><a class="reload" href="/demo/mailbox?lang=${lang}">${words.reload}</a></nav>
</body>
</html>
`;
}

function card(mail: ShownMail, show: { readonly open: boolean; readonly to: string }): string {
  const { language, subject, text, code, to, at } = mail;
  const dir = language === 'ur' ? 'rtl' : 'ltr';
  const time = at.toISOString();
  const clock = `<time datetime="${time}">${time.slice(0, 10)} ${time.slice(11, 19)} UTC</time>`;
  const chip = code === undefined ? '' : `<code dir="ltr">${escapeHtml(code)}</code>`;
  const paragraphs = text.trim().split('\n\n').map(paragraphOf(code)).join('\n');
  return `<details${show.open ? ' open' : ''}>
<summary>
<span class="subject" lang="${language}" dir="${dir}">${escapeHtml(subject)}</span>${chip}
<span class="meta"><span>${show.to} <bdi dir="ltr">${escapeHtml(to)}</bdi></span> \
<bdi dir="ltr">${clock}</bdi></span>
</summary>
<div class="text" lang="${language}" dir="${dir}">
${paragraphs}
</div>
</details>`;
}

function paragraphOf(code: string | undefined): (line: string) => string {
  return (line) => {
    const inner = escapeHtml(line);
    return line === code ? `<p class="code" dir="ltr">${inner}</p>` : `<p>${inner}</p>`;
  };
}

/** The coin cut in two halves that match: two phones, one payment. */
const coin =
  '<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">' +
  '<path d="M15.2 2.7a12 12 0 0 0 0 24z"/><path d="M16.8 5.3a12 12 0 0 1 0 24z"/></svg>';
