import type { Equivocation } from '@sikka/protocol';
import { contradicts, knownReturn } from '@sikka/protocol';
import { recordedReturn, rejectedReturn } from '../answers.ts';
import type { RecordedReturn } from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { ProvedReturn } from '../prove.ts';
import type { Answer, Docket, OpenAllowance } from './docket.ts';
import { accuse, allowanceOf, earlierAnswer, plainAnswer } from './docket.ts';

/**
 * Decides about a Return (spec/settlement.md §4): it is recorded and compared with everything
 * settled, before and after, and moves no money. One that contradicts what was settled is recorded
 * with its proof. One that contradicts the Return recorded before is refused, with proof
 * (spec/judge.md §4: where a payment contradicts as well, the proof names the payment).
 */
export function decideReturn(docket: Docket, proved: ProvedReturn): Answer {
  const { item, verified, allowanceNo } = proved;
  const { returnId } = verified;
  const earlier = earlierAnswer(docket, returnId, (rejection) =>
    rejectedReturn(returnId, rejection),
  );
  if (earlier !== undefined) return earlier;
  const before = docket.facts.returns.get(keyOf(returnId));
  if (before !== undefined) return plainAnswer(recordedReturn(before));

  const allowance = allowanceOf(docket, allowanceNo);
  const known = knownReturn(verified.return, returnId);
  // Settled payments agree with each other, so the last one speaks for all of them.
  const last = allowance.chain.at(-1);
  const exceeded = last && contradicts(last, known);
  if (last !== undefined && exceeded !== undefined) {
    const accusation = accuse(docket, allowance, {
      verdict: exceeded,
      known: last.evidence,
      judged: item.bytes,
    });
    return record(docket, proved, { allowance, first: false, accusation });
  }
  const { returned } = allowance;
  if (returned === undefined) {
    return record(docket, proved, { allowance, first: true, accusation: undefined });
  }
  const verdict = contradicts(returned, known);
  if (verdict === undefined) {
    return record(docket, proved, { allowance, first: false, accusation: undefined });
  }
  return refuse(docket, proved, { allowance, returned, verdict });
}

interface Recording {
  readonly allowance: OpenAllowance;
  readonly first: boolean;
  readonly accusation: number | undefined;
}

function record(
  docket: Docket,
  { item, sha256, verified }: ProvedReturn,
  { allowance, first, accusation }: Recording,
): Answer {
  const { lastSequence, totalMinor, head } = verified.return;
  const recorded: RecordedReturn = {
    id: verified.returnId,
    allowanceNo: allowance.terms.no,
    lastSequence,
    totalMinor,
    head,
    first,
    receivedAt: docket.hearing.receivedAt,
    proofId: undefined,
    packet: item.bytes,
  };
  docket.returned.push({ handed: { item, sha256 }, recorded, accusation });
  if (first) {
    allowance.returned = recorded;
    if (allowance.status === 'active' || allowance.status === 'expired') {
      allowance.status = 'returned';
      allowance.changed = true;
    }
  }
  return { outcome: recordedReturn(recorded), settled: undefined, accusation };
}

interface Conflict {
  readonly allowance: OpenAllowance;
  readonly returned: RecordedReturn;
  readonly verdict: Equivocation;
}

function refuse(
  docket: Docket,
  { item, sha256, verified }: ProvedReturn,
  { allowance, returned, verdict }: Conflict,
): Answer {
  const judged = item.bytes;
  const accusation = accuse(docket, allowance, { verdict, known: returned.packet, judged });
  const code = 'return_conflict';
  docket.rejected.push({
    handed: { item, sha256 },
    kind: 'return',
    code,
    documentId: verified.returnId,
    allowanceNo: allowance.terms.no,
    sequence: verified.return.lastSequence,
    accusation,
  });
  const outcome = rejectedReturn(verified.returnId, { code });
  return { outcome, settled: undefined, accusation };
}
