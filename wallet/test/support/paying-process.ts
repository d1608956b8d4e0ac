/**
 * A process of its own with the wallet in a folder: says that it is ready, waits for a word, then
 * pays each request it is given and prints what it would show, a line each, as soon as it may.
 *
 *     node --import tsx paying-process.ts <folder> <pin> <seconds> <request text>…
 */
import { once } from 'node:events';
import { createClient } from '@sikka/api';
import { openNodeKeystore, openNodeStore } from '../../src/adapters/node.ts';
import { openPayer } from '../../src/payer/index.ts';

const [folder = '', pin = '', seconds = '', ...requests] = process.argv.slice(2);
const clock = { now: () => Number(seconds) };
const opened = await openNodeKeystore({ folder, pin, clock, gate: 'session', scryptLogN: 10 });
if (!opened.ok) throw new Error(opened.detail);
const wallet = await openPayer({
  store: await openNodeStore({ folder, lockWaitMs: 60_000 }),
  keystore: opened.keystore,
  client: createClient({ baseUrl: 'http://bank.test' }),
  bank: { id: 'test-bank', account: 'ayesha', currency: 586 },
  clock,
  random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
});
if (!wallet.ok) throw new Error(wallet.detail);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (const request of requests) {
  const paid = await wallet.payer.pay(request);
  const shown = paid.ok ? paid : paid.payment;
  const line = { ok: paid.ok, code: paid.ok ? '' : paid.code, text: shown?.text ?? '' };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
process.stdin.destroy();
