import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { NodemailerError } from 'nodemailer';
import { limits } from '../limits.ts';
import type { MailTransport, OutgoingMail, Sent } from './transport.ts';

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** `Sikka <no-reply@bank.example>` */
  readonly from: string;
  /** Certificates to trust beside the system's, in PEM; for a mail server of one's own. */
  readonly ca?: string;
}

const IMPLICIT_TLS_PORT = 465;

/**
 * Sends by SMTP (RFC 5321). Over TLS with a verified certificate, by STARTTLS or from the first
 * byte on port 465; without TLS only to this machine.
 */
export function createSmtpTransport(settings: SmtpSettings): MailTransport {
  const { host, port, user, password, from, ca } = settings;
  const implicit = port === IMPLICIT_TLS_PORT;
  // A mail program on this machine often has a certificate that nobody vouches for.
  const plain = isLoopback(host) && !implicit && ca === undefined;
  const transport = createTransport({
    host,
    port,
    secure: implicit,
    ...(plain ? { ignoreTLS: true } : { requireTLS: true }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(user === undefined ? {} : { auth: { user, pass: password } }),
    connectionTimeout: limits.smtpConnectMs,
    greetingTimeout: limits.smtpConnectMs,
    socketTimeout: limits.smtpSilenceMs,
    // What a mail says must never make this process read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail(messageOf(mail, from));
        return { ok: true };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => transport.close(),
  };
}

function messageOf(mail: OutgoingMail, from: string) {
  return {
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    date: mail.date,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
  };
}

/** 5xx for this recipient or message is for ever; about the connection or the login it is not. */
function failureOf(error: unknown): Sent {
  const { code = 'unknown', responseCode } = error as Partial<NodemailerError>;
  const status = responseCode === undefined ? '' : `_${responseCode}`;
  const about = code === 'EENVELOPE' || code === 'EMESSAGE';
  const permanent = about && (responseCode ?? 500) >= 500;
  return { ok: false, permanent, reason: `smtp/${code.toLowerCase()}${status}` };
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}
