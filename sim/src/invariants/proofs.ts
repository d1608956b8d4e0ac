import type { ProofView } from '../bank/port.ts';
import type { Ended, Spent } from '../reference/contradiction.ts';
import {
  paymentsContradict,
  returnContradicts,
  returnsContradict,
} from '../reference/contradiction.ts';
import { isDishonest } from './offline.ts';
import type { Look } from './seen.ts';
import { settledByAllowance } from './seen.ts';
import { isSigned } from './signatures.ts';

/**
 * A proof is of two documents that the accused's key truly signed and that contradict; nobody who
 * is honest is ever accused; and who is accused spends no more.
 */
export function proofs(look: Look): readonly string[] {
  const { truth, view, seen } = look;
  const found: string[] = [];
  const statuses = new Map(view.allowances.map(({ id, status }) => [id, status]));
  const pairs = new Set<string>();
  for (const proof of view.proofs) {
    const { id, account, allowanceId, documents } = proof;
    if (!seen.proofs.has(id)) found.push(...unsignedIn(look, proof));
    seen.proofs.add(id);
    if (isDishonest(truth, account)) found.push(...whyNotProved(look, proof));
    else found.push(`${account} is honest, and proof ${id} accuses him`);
    const status = statuses.get(allowanceId);
    if (status !== 'revoked' && status !== 'closed') {
      found.push(`${allowanceId} is ${status ?? 'unknown'} with a proof under it`);
    }
    const pair = [...documents].sort().join();
    if (pairs.has(pair)) found.push(`two proofs of ${pair}`);
    pairs.add(pair);
  }
  const now = new Set(view.proofs.map(({ id }) => id));
  for (const id of seen.proofs) if (!now.has(id)) found.push(`proof ${id} is gone`);
  return found;
}

/** What is kept as evidence has to convince somebody who trusts nobody's books. */
function unsignedIn(look: Look, { id, documents, packets }: ProofView): readonly string[] {
  return documents.flatMap((document, at) => {
    const packet = packets[at];
    if (packet !== undefined && isSigned(look, document, packet)) return [];
    return [`proof ${id} keeps bytes of ${document} that its accused did not sign`];
  });
}

function whyNotProved({ truth }: Look, proof: ProofView): readonly string[] {
  const { id, allowanceId, account, documents } = proof;
  const payments = documents.map((document) => truth.signed.get(document));
  const returns = documents.map((document) => truth.returns.get(document));
  for (const [at, document] of documents.entries()) {
    const made = payments[at] ?? truth.returns.get(document);
    if (made === undefined) return [`proof ${id} names ${document}, which nobody signed`];
    if (made.by !== account || made.allowanceId !== allowanceId) {
      return [`proof ${id} accuses ${account} with a document of ${made.by}`];
    }
  }
  const holds = contradict([payments[0], returns[0]], [payments[1], returns[1]]);
  return holds ? [] : [`proof ${id}: ${documents.join(' and ')} do not contradict`];
}

type Document = readonly [Spent | undefined, Ended | undefined];

function contradict([one, ended]: Document, [other, otherEnded]: Document): boolean {
  if (one !== undefined && other !== undefined) return paymentsContradict(one, other);
  if (one !== undefined && otherEnded !== undefined) return returnContradicts(otherEnded, one);
  if (other !== undefined && ended !== undefined) return returnContradicts(ended, other);
  if (ended !== undefined && otherEnded !== undefined) return returnsContradict(ended, otherEnded);
  return false;
}

/**
 * A recorded Return that what settled contradicts, before it or after it, is named by a proof; and
 * nobody is found recorded who never signed one.
 */
export function returns(look: Look): readonly string[] {
  const { truth, view, seen } = look;
  const found: string[] = [];
  const groups = settledByAllowance(look);
  const named = new Set(view.proofs.flatMap(({ documents }) => documents));
  for (const row of view.returns) {
    const made = truth.returns.get(row.id);
    if (made === undefined) {
      found.push(`a Return ${row.id} is recorded, and nobody signed it`);
      continue;
    }
    if (seen.foreignReturns.has(row.id)) found.push(`Return ${row.id} is of another journal`);
    const same = made.lastSequence === row.lastSequence && made.totalMinor === row.totalMinor;
    if (!same) found.push(`Return ${row.id} is recorded otherwise than it was signed`);
    const settled = groups.get(row.allowanceId) ?? [];
    const against = settled.find((payment) => returnContradicts(made, payment));
    if (against !== undefined && !named.has(row.id)) {
      found.push(`Return ${row.id} and ${against.id} contradict, and no proof names it`);
    }
    const other = view.returns.find(({ id, allowanceId }) => {
      const before = truth.returns.get(id);
      return allowanceId === row.allowanceId && before && returnsContradict(made, before);
    });
    if (other !== undefined && !named.has(row.id) && !named.has(other.id)) {
      found.push(`Returns ${row.id} and ${other.id} contradict, and no proof names them`);
    }
    seen.returns.set(row.id, row);
  }
  const now = new Set(view.returns.map(({ id }) => id));
  for (const id of seen.returns.keys()) if (!now.has(id)) found.push(`Return ${id} is gone`);
  return found;
}
