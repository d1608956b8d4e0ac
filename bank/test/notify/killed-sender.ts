import { createMailer, createSmtpTransport } from '../../src/notify/index.ts';
import { createPool, serverRole } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { createLog } from '../../src/log.ts';
import { createSecretKey } from 'node:crypto';

/** Sends what is due and is killed as soon as the mail server has taken it. */
const [url = '', port = '', masterKey = '', now = ''] = process.argv.slice(2);
const from = 'Sikka <no-reply@bank.example>';
const smtp = createSmtpTransport({ host: '127.0.0.1', port: Number(port), from });
const mailer = createMailer({
  pool: createPool(url, { max: 1, role: serverRole }),
  vault: createLocalVault([createSecretKey(Buffer.from(masterKey, 'hex'))]),
  bank: 'test-bank',
  transport: {
    ...smtp,
    send: async (mail) => {
      const sent = await smtp.send(mail);
      if (sent.ok) process.kill(process.pid, 'SIGKILL');
      return sent;
    },
  },
  from,
  demo: false,
  clock: () => new Date(now),
  log: createLog({ level: 'silent', write: () => undefined, now: () => new Date() }),
});
await mailer.drain();
