import { decodePacket, fromHex } from '@sikka/protocol';
import { idOfSigned } from '../reference/signature.ts';
import type { Look } from './seen.ts';

/**
 * Whatever is answered `settled`, and whatever a till takes, bears its payer's signature in its one
 * form, over these very fields, under the key of the allowance as the bank issued it.
 */
export function signatures(look: Look): readonly string[] {
  const { truth, seen } = look;
  const found: string[] = [];
  for (const { documentId, result, packet, account } of truth.answers.slice(seen.answersChecked)) {
    if (result !== 'settled' || isSigned(look, documentId, packet)) continue;
    found.push(`${account} handed in an unsigned copy of ${documentId}, and it is settled`);
  }
  seen.answersChecked = truth.answers.length;
  for (const [id, takings] of truth.accepted) {
    for (const { phone, packet, lost } of takings) {
      const key = `${phone} ${id}`;
      if (lost || seen.acceptedChecked.has(key)) continue;
      seen.acceptedChecked.add(key);
      if (!isSigned(look, id, packet)) found.push(`${phone} took ${id}, which is not signed`);
    }
  }
  return found;
}

/**
 * Whether these bytes are this document, signed. The same bytes are looked at many times: what was
 * found good once under a key of the bank's stays good.
 */
export function isSigned({ seen }: Look, id: string, packet: Uint8Array): boolean {
  const bytes = Buffer.from(packet).toString('latin1');
  const known = seen.signed.get(bytes);
  if (known !== undefined) return known === id;
  const decoded = decodePacket(packet);
  if (!decoded.ok) return false;
  const { value } = decoded;
  if (value.kind !== 'payment' && value.kind !== 'return') return false;
  const { payload, signature } = value.kind === 'payment' ? value.payment : value.return;
  for (const [allowanceId, key] of seen.keys) {
    if (Buffer.compare(value.allowance.fields.publicKey, key.publicKey) !== 0) continue;
    const parentId = fromHex(allowanceId);
    if (idOfSigned({ type: value.kind, key, parentId, payload, signature }) !== id) continue;
    seen.signed.set(bytes, id);
    return true;
  }
  return false;
}
