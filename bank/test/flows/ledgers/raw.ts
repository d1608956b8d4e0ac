import { createHash, randomBytes } from 'node:crypto';
import { encodeBase64, publicJwk, sealContent, utf8, wrapKey } from '@sikka/protocol';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import type { PageUser } from './pages.ts';
import { bankKey, freshAgreement } from './pages.ts';

/** Any text sealed to the bank, also what no page of ours would write. */
export async function sealText(bank: StaffedBank, text: string): Promise<string> {
  const agreement = await freshAgreement();
  const [key, iv, wrapIv] = [32, 12, 12].map((size) => new Uint8Array(randomBytes(size)));
  if (key === undefined || iv === undefined || wrapIv === undefined) throw new Error('No bytes.');
  const wrapped = await wrapKey(key, { peer: await bankKey(bank), agreement, iv: wrapIv });
  return JSON.stringify({
    encrypted_payload: encodeBase64(await sealContent(utf8(text), { key, iv })),
    encrypted_aes_key: encodeBase64(wrapped),
    iv: encodeBase64(iv),
    receiver_public_key: publicJwk(agreement.publicKey),
  });
}

/** A ledger whose receiver signed something else. */
export async function alteredAfterSigning(
  bank: StaffedBank,
  { signer }: PageUser,
  entries: readonly string[],
  what: 'hash' | 'signature',
): Promise<string> {
  const ledger = `[${entries.join(',')}]`;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const signed = digest(what === 'signature' ? 'something else' : ledger);
  const signature = encodeBase64(await signer.sign(signed));
  const hash = digest(what === 'hash' ? 'something else' : ledger).toString('hex');
  const key = JSON.stringify(publicJwk(signer.publicKey));
  const parts = [`"ledger":${ledger}`, `"hash":"${hash}"`, `"signature":"${signature}"`];
  return sealText(bank, `{${[...parts, `"receiver_public_key":${key}`].join(',')}}`);
}
