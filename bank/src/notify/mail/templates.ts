import { escapeHtml } from '../html.ts';
import { cleanValue, isolate } from './text.ts';
import { english } from './words/en.ts';
import { urdu } from './words/ur.ts';

/** Every mail the bank sends, with the values that its sentences name. `{when}` is always there. */
export const TEMPLATES = {
  verify_email: { needs: ['code'] },
  login_code: { needs: ['code'] },
  step_up_code: { needs: ['code'] },
  reset_code: { needs: ['code'] },
  wallet_code: { needs: ['code'] },
  topup_code: { needs: ['code', 'amount'] },
  withdrawal_ordered: { needs: ['amount'] },
  withdrawal_returned: { needs: ['amount'] },
  someone_signed_up: { needs: [] },
  password_changed: { needs: [] },
  email_changed: { needs: [] },
  new_session: { needs: [] },
  session_reuse: { needs: [] },
  key_released: { needs: ['wallet'] },
  key_changed: { needs: ['wallet'] },
  passkeys_changed: { needs: [] },
  name_verified: { needs: ['name', 'town'] },
  phone_verified: { needs: [] },
  device_enrolled: { needs: [] },
  blocked: { needs: [] },
  dispute_upheld: { needs: ['payment'] },
  dispute_dismissed: { needs: ['payment'] },
  webhook_added: { needs: ['host'] },
  webhook_disabled: { needs: ['host'] },
} as const satisfies Readonly<Record<string, { readonly needs: readonly string[] }>>;

export type TemplateName = keyof typeof TEMPLATES;
export type MailLanguage = 'en' | 'ur';
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as readonly TemplateName[];

/** A catalogue: one entry a template, with places such as `{code}` in its sentences. */
export interface MailWords {
  /** Under every mail. */
  readonly footer: string;
  /** Where the reader's clock is, as `{when}` names it. */
  readonly clock: { readonly locale: string; readonly suffix: string };
  readonly mails: Readonly<Record<TemplateName, MailText>>;
}

export interface MailText {
  /** Never a code: subjects are shown on locked screens and written to mail servers' logs. */
  readonly subject: string;
  /** Paragraphs; one that is only `{code}` is shown large. */
  readonly body: readonly string[];
}

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailContent {
  readonly template: TemplateName;
  readonly language: MailLanguage;
  readonly values: Readonly<Record<string, string>>;
  /** When it happened. */
  readonly at: Date;
}

const WORDS: Readonly<Record<MailLanguage, MailWords>> = { en: english, ur: urdu };
const ZONE = 'Asia/Karachi';

/** Which of a template's values are missing. */
export function missingValues({ template, values }: Pick<MailContent, 'template' | 'values'>) {
  return TEMPLATES[template].needs.filter((name) => !Object.hasOwn(values, name));
}

/** Subject, plain text and HTML. Values are escaped, and keep a direction of their own. */
export function renderMail({ template, language, values, at }: MailContent): RenderedMail {
  const words = WORDS[language];
  const { subject, body } = words.mails[template];
  const all = new Map(Object.entries(values).map(([name, value]) => [name, cleanValue(value)]));
  all.set('when', whenOf(at, words));
  const paragraphs = [...body, words.footer];
  const text = paragraphs.map((line) => fill(line, all, (value) => plain(value, line, language)));
  return {
    subject,
    text: `${text.join('\n\n')}\n`,
    html: page(language, subject, paragraphs.map((line) => paragraph(line, all)).join('\n')),
  };
}

/** 3:15 pm on 21 November 2026, by the clock that most of the bank's people look at. */
function whenOf(at: Date, { clock }: MailWords): string {
  const format = new Intl.DateTimeFormat(clock.locale, {
    timeZone: ZONE,
    dateStyle: 'long',
    timeStyle: 'short',
    numberingSystem: 'latn',
  });
  return `${format.format(at)} ${clock.suffix}`;
}

function fill(
  line: string,
  values: ReadonlyMap<string, string>,
  show: (value: string) => string,
): string {
  return line.replace(/\{(\w+)\}/g, (_place, name: string) => show(values.get(name) ?? ''));
}

/** A code on a line of its own is bare, so that copying it takes nothing invisible along. */
function plain(value: string, line: string, language: MailLanguage): string {
  return language === 'en' || isCode(line) ? value : isolate(value);
}

function isCode(line: string): boolean {
  return line === '{code}';
}

const CODE_STYLE =
  'margin:24px 0;padding:16px;border-radius:16px;background:#e5e9e1;color:#12231d;' +
  'font:700 32px/1.2 ui-monospace,Menlo,monospace;letter-spacing:.16em;text-align:center';

function paragraph(line: string, values: ReadonlyMap<string, string>): string {
  const inner = fill(escapeHtml(line), values, (value) => `<bdi>${escapeHtml(value)}</bdi>`);
  return isCode(line) ? `<p dir="ltr" style="${CODE_STYLE}">${inner}</p>` : `<p>${inner}</p>`;
}

const FONT: Readonly<Record<MailLanguage, string>> = {
  en: "450 16px/1.5 'Golos Text',system-ui,Roboto,sans-serif",
  ur: "400 16px/2.1 'Noto Nastaliq Urdu','Jameel Noori Nastaleeq',serif",
};

/** Mail programs drop style sheets, so styles stand in the tags. */
function page(language: MailLanguage, subject: string, inner: string): string {
  const dir = language === 'ur' ? 'rtl' : 'ltr';
  const style =
    `max-width:480px;margin:0 auto;padding:24px 20px;background:#ffffff;color:#12231d;` +
    `font:${FONT[language]}`;
  return `<!doctype html>
<html lang="${language}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;background:#f2f4ee">
<div lang="${language}" dir="${dir}" style="${style}">
${inner}
</div>
</body>
</html>
`;
}
