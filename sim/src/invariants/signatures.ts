import { decodePacketOfKind, fromHex } from '@sikka/protocol';
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

function isSigned({ seen }: Look, id: string, packet: Uint8Array): boolean {
  const decoded = decodePacketOfKind('payment', packet);
  if (!decoded.ok) return false;
  const { payload, signature } = decoded.value.payment;
  for (const [allowanceId, { suite, publicKey }] of seen.keys) {
    if (Buffer.compare(decoded.value.allowance.fields.publicKey, publicKey) !== 0) continue;
    const parentId = fromHex(allowanceId);
    if (idOfSigned({ suite, publicKey, parentId, payload, signature }) === id) return true;
  }
  return false;
}
