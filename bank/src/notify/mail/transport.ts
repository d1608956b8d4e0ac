import type { RenderedMail } from './templates.ts';

/** One mail, ready to go. */
export interface OutgoingMail extends RenderedMail {
  readonly to: string;
  readonly language: string;
  /** `<…@…>`, the same at every attempt. */
  readonly messageId: string;
  readonly date: Date;
}

/** Why a mail did not go. `reason` is a code: what servers say names addresses. */
export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly permanent: boolean; readonly reason: string };

/** Where mails go. Never throws. */
export interface MailTransport {
  send(mail: OutgoingMail): Promise<Sent>;
  close(): void;
}
