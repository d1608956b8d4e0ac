import { fromBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import type { IssuerKeys } from '@sikka/protocol';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { check } from '../verify/check.ts';
import { parseIssuers } from '../verify/issuers.ts';
import type { DayOptions } from './people.ts';

const RECEIPT_TRIES = 60;
const RECEIPT_WAIT_MS = 250;

const packetBytes = (text: string): Uint8Array => {
  const bytes = fromBase64url(text);
  if (bytes !== undefined) return bytes;
  throw new CliError('cli/bank_refused', 'The bank answered with something that is no packet.');
};

/** Leaves the bank's public keys beside what they verify. Throws `cli/bank_unreachable`. */
export const saveIssuers = async (options: DayOptions): Promise<IssuerKeys> => {
  const { bankUrl, folder, operator } = options;
  const keys = await operator.getIssuerKeys();
  if (!keys.ok) throw new CliError('cli/bank_unreachable', `No bank answers at ${bankUrl}.`);
  const text = JSON.stringify(keys.value, undefined, 2);
  await writeFile(join(folder, 'issuers.json'), `${text}\n`);
  return parseIssuers(text);
};

export interface SettlementFile {
  readonly client: Client;
  readonly paymentId: string;
  readonly path: string;
}

/** Leaves a payment's settlement receipt with its inclusion proof. Throws `cli/bank_refused`. */
export const saveSettlement = async (settlement: SettlementFile): Promise<void> => {
  const { client, paymentId, path } = settlement;
  for (let attempt = 0; attempt < RECEIPT_TRIES; attempt += 1) {
    const answer = await client.getPaymentReceipt({ params: { payment_id: paymentId } });
    if (answer.ok) return writeFile(path, packetBytes(answer.value.packet));
    // The log gives a payment its position right after it settled.
    await wait(RECEIPT_WAIT_MS);
  }
  throw new CliError('cli/bank_refused', `The bank gave no settlement receipt for ${paymentId}.`);
};

export interface Proofs {
  readonly proofIds: readonly string[];
  readonly issuers: IssuerKeys;
}

/** Leaves the proof and checks it as anybody would; answers how many hold. */
export const saveProof = async (options: DayOptions, proofs: Proofs): Promise<number> => {
  let proved = 0;
  for (const [index, proofId] of proofs.proofIds.entries()) {
    const answer = await options.operator.getProof({ params: { proof_id: proofId } });
    if (!answer.ok) throw new CliError('cli/bank_refused', answer.problem.title);
    const bytes = packetBytes(answer.value.packet);
    const name = index === 0 ? 'proof-of-double-spend' : `proof-of-double-spend-${index + 1}`;
    await writeFile(join(options.folder, `${name}.sikka`), bytes);
    const verdict = await check(bytes, proofs.issuers);
    if (verdict.ok && verdict.value.ok) proved += 1;
  }
  return proved;
};
