/** Telling people and programs: mail, events, webhooks. All written with their cause, told after. */
export type { EventKind } from './events/kinds.ts';
export { EVENT_KINDS } from './events/kinds.ts';
export { forgetEvents, publishEvents } from './events/publish.ts';
export { eventRoutes } from './events/routes.ts';
export type { EventStreams } from './events/streams.ts';
export { createEventStreams } from './events/streams.ts';
export { limits as notifyLimits } from './limits.ts';
export type { MailboxDeps } from './mail/mailbox.ts';
export { mailboxRoutes } from './mail/mailbox.ts';
export type { Mailer, MailerOptions, NewMail } from './mail/mailer.ts';
export { createMailer } from './mail/mailer.ts';
export type { Sealer } from './mail/sealing.ts';
export type { SmtpSettings } from './mail/smtp.ts';
export { createSmtpTransport } from './mail/smtp.ts';
export type { MailLanguage, TemplateName } from './mail/templates.ts';
export { deleteMailsOf } from './store/index.ts';
export { TEMPLATE_NAMES, TEMPLATES } from './mail/templates.ts';
export type { MailTransport, OutgoingMail, Sent } from './mail/transport.ts';
