import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import type { Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** Bytes on the wire, as ASCII. */
  readonly raw: string;
  readonly mail: Email;
}

/** A real mail server on this machine, and a real reader of what it was given. */
export interface MailServer {
  readonly port: number;
  readonly received: readonly Received[];
  /** Answers from now on: to recipients and to messages. Undefined is "yes". */
  refuse(recipient: number | undefined, message?: number): void;
  stop(): Promise<void>;
}

export interface MailServerOptions {
  readonly port?: number;
  readonly host?: string;
  /** With a certificate it offers STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Wants a login, and takes none. */
  readonly refuseLogin?: boolean;
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const received: Received[] = [];
  let recipientCode: number | undefined;
  let messageCode: number | undefined;
  const hidden = options.tls === undefined ? ['STARTTLS'] : [];
  const server = new SMTPServer({
    ...options.tls,
    authOptional: options.refuseLogin !== true,
    allowInsecureAuth: true,
    disabledCommands: options.refuseLogin === true ? hidden : [...hidden, 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onAuth: (_auth, _session, done) => done(null, { message: 'no such user' }),
    onRcptTo: (address, _session, done) => done(refusal(recipientCode, address.address)),
    onData: (stream, session, done) => {
      void readAll(stream).then(async (raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: raw.toString('latin1'),
          mail: await PostalMime.parse(raw),
        });
        done(refusal(messageCode, 'the message'));
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    refuse: (recipient, message) => {
      recipientCode = recipient;
      messageCode = message;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Real servers name the address in what they say. */
function refusal(responseCode: number | undefined, what: string): Error | null {
  if (responseCode === undefined) return null;
  return Object.assign(new Error(`${what} is not wanted here`), { responseCode });
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
