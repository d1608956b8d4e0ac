import { fromHex, hex, ProtocolError } from '@sikka/protocol';
import type { JsonObject } from '@sikka/protocol/vectors';
import { openBackup } from './open-backup.ts';

/**
 * What this software answers to a vector of the family `backup` (spec/vectors.md): `input` is
 * `{file, code}`, the answer what is in it, or `{ok: false, code}`.
 */
export async function answerBackupVector(input: JsonObject): Promise<JsonObject> {
  const { file, code } = input;
  if (typeof file !== 'string' || typeof code !== 'string') {
    throw new ProtocolError('malformed', 'a vector of backups has file and code');
  }
  const answer = await openBackup(fromHex(file), code);
  if (!answer.ok) return { ok: false, code: answer.code };
  const { bank, account, madeAt, documents } = answer.backup;
  const packets = documents.map(({ kind, packet }) => ({ kind, packet: hex(packet) }));
  return { ok: true, bank, account, madeAt, packets };
}
