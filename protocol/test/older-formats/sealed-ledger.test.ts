import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  checkLedger,
  encodeBase64,
  javascriptJson,
  ledgerEntryText,
  openLedgerUpload,
  openTransaction,
  parseJsonText,
  proveLedger,
  proveLedgerEntry,
  publicJwk,
  sealLedger,
  sealTransaction,
  signLedgerTransaction,
  webCryptoVerifier,
} from '../../src/index.ts';
import type { LedgerHead } from '../../src/index.ts';
import { threadedVerifier } from '../../src/node.ts';
import { bytesOf, ecdhKeyOf } from '../support/keys.ts';
import {
  agreementOf,
  CORE,
  entriesOf,
  payloadOf,
  RECEIVER,
  SENDER,
  signed,
} from '../support/ledgers.ts';

const verifier = threadedVerifier({ threads: 2 });
afterAll(() => verifier.close());

const SECRETS = {
  contentKey: bytesOf('content'),
  iv: bytesOf('iv', 12),
  wrapIv: bytesOf('wrap', 12),
};
const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;

function jwk(name: string, use: 'public' | 'private') {
  const { secret, point } = ecdhKeyOf(name);
  const d = Buffer.from(secret).toString('base64url');
  return { ...publicJwk(point), ...(use === 'private' ? { d } : {}) };
}

/** The key of both ends as the pages derive it: one call of deriveKey on an HKDF key. */
async function pageWrappingKey(own: string, peer: string): Promise<CryptoKey> {
  const { subtle } = crypto;
  const privateKey = await subtle.importKey('jwk', jwk(own, 'private'), P256, true, ['deriveBits']);
  const publicKey = await subtle.importKey('jwk', jwk(peer, 'public'), P256, true, []);
  const shared = await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256);
  const hkdf = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode('aes-key-wrapping');
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return subtle.deriveKey(algorithm, hkdf, { name: 'AES-GCM', length: 256 }, true, [
    'encrypt',
    'decrypt',
  ]);
}

/** What the receiver's page exports for the bank. */
async function pageExport(payload: unknown): Promise<string> {
  const { subtle } = crypto;
  const kek = await pageWrappingKey('ledger/receiver', 'ledger/bank');
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  const [iv, wrapIv] = [12, 12].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  const text = new TextEncoder().encode(JSON.stringify(payload));
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv: iv! }, key, text);
  const raw = await subtle.exportKey('raw', key);
  const wrapped = await subtle.encrypt({ name: 'AES-GCM', iv: wrapIv! }, kek, raw);
  return JSON.stringify(
    {
      encrypted_payload: Buffer.from(sealed).toString('base64'),
      encrypted_aes_key: Buffer.concat([wrapIv!, new Uint8Array(wrapped)]).toString('base64'),
      iv: Buffer.from(iv!).toString('base64'),
      receiver_public_key: { ...jwk('ledger/receiver', 'public'), ext: true, key_ops: [] },
    },
    undefined,
    2,
  );
}

/** A ledger that this library makes, of transactions that came to a receiver one by one. */
async function ourLedger(count: number): Promise<readonly string[]> {
  const entries: string[] = [];
  let head: LedgerHead | undefined;
  let prevHash = '';
  for (let i = 0; i < count; i++) {
    const fields = { txnId: `t${i}`, fromId: 'MEEZAN-001', toId: 'shop-17', amount: '12.5' };
    const rest = { timestamp: '2026-11-21T03:00:00Z', prevHash, walletId: '' };
    const text = await signLedgerTransaction({ ...fields, ...rest }, SENDER);
    prevHash = (JSON.parse(text) as { hash: string }).hash;
    const entry = ledgerEntryText(head, { text, hash: prevHash });
    head = entry.head;
    entries.push(entry.text);
  }
  return entries;
}

describe('what the older pages export', () => {
  it('opens and is proved, and settles as what its senders signed', async () => {
    const one = await signed();
    const two = await signed({ ...CORE, txn_id: 'second', prev_hash: one.hash });
    const body = await pageExport(await payloadOf(entriesOf([one, two])));
    const upload = await openLedgerUpload(body, [
      await agreementOf('ledger/bank before'),
      await agreementOf('ledger/bank'),
    ]);
    if (!upload.ok) throw new Error(upload.code);
    const { entries } = upload.value;
    expect(checkLedger(entries)).toEqual([]);
    const whole = await proveLedger(upload.value, RECEIVER.publicKey, webCryptoVerifier);
    expect(whole.ok && whole.value.entries.length).toBe(2);
    for (const { transaction } of entries) {
      const proved = await proveLedgerEntry(transaction, SENDER.publicKey, webCryptoVerifier);
      expect(proved.ok && proved.value.amountMinor('PKR')).toEqual({ ok: true, value: 15_050n });
      expect(proved.ok && proved.value.amountMinor('XOF').ok).toBe(false);
    }
  });

  it('is what they read of ours', async () => {
    const [entry = ''] = await ourLedger(1);
    const { transaction } = JSON.parse(entry) as { transaction: object };
    const sealed = await sealTransaction(JSON.stringify(transaction), {
      signer: SENDER,
      peer: ecdhKeyOf('ledger/receiver').point,
      agreement: await agreementOf('ledger/sender'),
      secrets: SECRETS,
    });
    const file = JSON.parse(sealed) as Record<
      'encrypted_payload' | 'encrypted_aes_key' | 'iv',
      string
    >;
    const kek = await pageWrappingKey('ledger/receiver', 'ledger/sender');
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const wrapped = bytes(file.encrypted_aes_key);
    const open = (key: CryptoKey, iv: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>) =>
      crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data);
    const raw = await open(kek, wrapped.slice(0, 12), wrapped.slice(12));
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', true, ['decrypt']);
    const text = Buffer.from(await open(key, bytes(file.iv), bytes(file.encrypted_payload)));
    expect(JSON.parse(text.toString())).toEqual(transaction);
  });
});

describe('a ledger of ours', () => {
  it('of 1,000 entries is proved on threads by the one verifier', async () => {
    const body = await sealLedger(await ourLedger(1_000), {
      signer: RECEIVER,
      peer: ecdhKeyOf('ledger/bank').point,
      agreement: await agreementOf('ledger/receiver'),
      secrets: SECRETS,
    });
    const upload = await openLedgerUpload(body, [await agreementOf('ledger/bank')]);
    if (!upload.ok) throw new Error(upload.code);
    const { entries } = upload.value;
    const prove = entries.map(({ transaction }) =>
      proveLedgerEntry(transaction, SENDER.publicKey, verifier),
    );
    const proved = await Promise.all(prove);
    expect(proved.filter(({ ok }) => ok)).toHaveLength(1_000);
    expect(checkLedger(entries)).toEqual([]);
    expect((await proveLedger(upload.value, RECEIVER.publicKey, verifier)).ok).toBe(true);
  });

  it('is for one receiver, and opens for nobody once it is altered', async () => {
    const transaction = JSON.stringify(await signed());
    const sealed = await sealTransaction(transaction, {
      signer: SENDER,
      peer: ecdhKeyOf('ledger/receiver').point,
      agreement: await agreementOf('ledger/sender'),
      secrets: SECRETS,
    });
    const reader = { agreements: [await agreementOf('ledger/receiver')], verifier };
    expect((await openTransaction(sealed, reader)).ok).toBe(true);
    const stranger = { agreements: [await agreementOf('ledger/stranger')], verifier };
    expect(await openTransaction(sealed, stranger)).toMatchObject({ code: 'ledger/open_failed' });
    const parts = JSON.parse(sealed) as Record<string, string>;
    for (const part of ['encrypted_payload', 'encrypted_aes_key', 'iv']) {
      const bytes = Buffer.from(parts[part]!, 'base64');
      bytes[bytes.length >> 1]! ^= 1;
      const altered = JSON.stringify({ ...parts, [part]: encodeBase64(bytes) });
      expect(await openTransaction(altered, reader)).toMatchObject({ code: 'ledger/open_failed' });
    }
  });

  it('names every broken entry; what follows is measured as written', async () => {
    const entries = entriesOf([
      await signed(),
      await signed({ ...CORE, txn_id: 'b' }),
      await signed({ ...CORE, txn_id: 'c' }),
    ]).map((each) => ({ ...each }));
    entries[1] = { ...entries[1], hash: 'f'.repeat(64) };
    const upload = await openLedgerUpload(JSON.stringify(entries), []);
    const findings = upload.ok ? checkLedger(upload.value.entries) : [];
    expect(findings.map(({ entry, code }) => [entry, code])).toEqual([
      [1, 'ledger/chain_broken'],
      [2, 'ledger/chain_broken'],
    ]);
  });
});

describe('hashed JSON', () => {
  const limits = { depth: 12, nodes: 10_000 };

  it('is what JSON.stringify writes, of every value that JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = parseJsonText(text, limits);
        if (!parsed.ok) return;
        const written = javascriptJson(parsed.value);
        if (written !== undefined) expect(written).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('takes every double as it is printed, and in other digits of the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const printed = JSON.stringify(value);
        const parsed = parseJsonText(printed, limits);
        expect(parsed.ok && javascriptJson(parsed.value)).toBe(printed);
      }),
    );
    const same = ['5e1', '50.0', '500e-1', '0.5E+2', '50.000000'].map((text) => {
      const parsed = parseJsonText(text, limits);
      return parsed.ok ? javascriptJson(parsed.value) : undefined;
    });
    expect(new Set(same)).toEqual(new Set(['50']));
  });

  it.each([
    ['a number between doubles', '9007199254740993'],
    ['a longer fraction than a double has', '0.1000000000000000055511151231257827'],
    ['beyond all doubles', '1e309'],
    ['below all doubles', '1e-400'],
    ['a number of 41 digits', '1'.repeat(41)],
    ['a key that JavaScript moves', '{"b":1,"0":2}'],
    ['one of those deep inside', '[{"a":[{"12":0}]}]'],
  ])('has no text for %s', (_, text) => {
    const parsed = parseJsonText(text, limits);
    expect(parsed.ok).toBe(true);
    expect(parsed.ok ? javascriptJson(parsed.value) : '').toBeUndefined();
  });

  it('hashes an id in Urdu and with quotes as the pages do', async () => {
    const transaction = await signed({ ...CORE, to_id: 'دکان "۱۷" \\ 😀' });
    const upload = await openLedgerUpload(JSON.stringify(entriesOf([transaction])), []);
    expect(upload.ok && checkLedger(upload.value.entries)).toEqual([]);
  });
});
