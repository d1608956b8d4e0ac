import { createHash } from 'node:crypto';
import type { Db } from '../../src/db/index.ts';

/** RFC 9162 §2.1.1 and the spec's CBOR written down again, to compare with. */

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function naiveRoot(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), ...entries);
  let k = 1;
  while (2 * k < entries.length) k *= 2;
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

function head(major: number, value: number | bigint): Buffer {
  const n = BigInt(value);
  const bytes = [0, 8, 16, 32, 64].find((bits) => (bits === 0 ? n < 24n : n < 1n << BigInt(bits)));
  if (bytes === 0) return Buffer.of((major << 5) | Number(n));
  const size = (bytes ?? 64) / 8;
  const tail = Buffer.from(n.toString(16).padStart(2 * size, '0'), 'hex');
  return Buffer.concat([Buffer.of((major << 5) | (24 + Math.log2(size))), tail]);
}

const uint = (value: number | bigint): Buffer => head(0, value);
const bytes = (value: Uint8Array): Buffer => Buffer.concat([head(2, value.length), value]);
const text = (value: string): Buffer =>
  Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
const array = (...items: readonly Buffer[]): Buffer =>
  Buffer.concat([head(4, items.length), ...items]);

/** Every entry of the log, by position, from the tables alone. */
export async function readEntries(db: Db): Promise<readonly Buffer[]> {
  const { rows } = await db.query<{
    payment_id: Buffer;
    id: Buffer;
    amount: bigint;
    currency: number;
    payee_wallet: bigint;
    seconds: bigint;
  }>(
    `select p.payment_id, a.id, p.amount, p.currency, p.payee_wallet,
            extract(epoch from p.settled_at)::bigint as seconds
       from log_batches as b
       join settled_payments as p on p.batch_id = b.batch_id
       join allowances as a on a.no = p.allowance_no
      order by b.first_position + p.ordinal`,
  );
  return rows.map((row) =>
    array(
      bytes(row.payment_id),
      bytes(row.id),
      uint(row.amount),
      uint(row.currency),
      uint(row.payee_wallet),
      uint(row.seconds),
    ),
  );
}

/** The audit chain's hashes, from the events in the order of the chain. */
export async function naiveChain(db: Db): Promise<readonly Buffer[]> {
  const { rows } = await db.query<{
    n: bigint;
    seconds: bigint;
    actor: string;
    action: string;
    subject: string;
    outcome: string;
    details: string;
  }>(
    `select c.n, extract(epoch from e.at)::bigint as seconds, e.actor, e.action, e.subject,
            e.outcome, e.details
       from audit_chain as c join audit_events as e on e.id = c.event_id order by c.n`,
  );
  let last: Buffer = Buffer.alloc(32);
  return rows.map(({ n, seconds, actor, action, subject, outcome, details }) => {
    const row = [actor, action, subject, outcome, details].map(text);
    last = sha256(Buffer.from('sikka/audit/v1'), last, array(uint(n), uint(seconds), ...row));
    return last;
  });
}
