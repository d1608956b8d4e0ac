import { fromHex } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { People } from '../../identity/index.ts';
import { agree } from '../../policy/index.ts';
import type { KeptProof, Settlement } from '../../settlement/index.ts';
import { insertCase, lockAccused, readCase } from './store.ts';

export interface CaseDeps {
  readonly pool: Pool;
  /** One person is enough. */
  readonly demo: boolean;
  readonly people: Pick<People, 'release'>;
  readonly settlement: Pick<Settlement, 'findProof' | 'requeue'>;
}

/**
 * Two people say what became of a proved double spend. From then on what is left of the allowance
 * goes back by closing, like any other's; the device stays revoked, and no payment is undone.
 */
export function caseRoutes(deps: CaseDeps): Handlers<'decideCase'> {
  const { pool, settlement } = deps;
  return {
    decideCase: async (call) => {
      const proof = await settlement.findProof(fromHex(call.params.proof_id));
      if (proof === undefined) return notFound;
      if (proof.accountId === call.caller.accountId) return own;
      return inTransaction(pool, (tx) => decide(deps, tx, proof, call));
    },
  };
}

async function decide(
  { demo, people, settlement }: CaseDeps,
  tx: Tx,
  proof: KeptProof,
  { caller, params, body, now }: Call<'decideCase'>,
): Promise<Reply<'decideCase'>> {
  const { loss, account, reason } = body;
  await lockAccused(tx, proof.accountId);
  const known = await readCase(tx, proof.id);
  if (known !== undefined) {
    const same = known.loss === loss && known.account === account;
    return same ? done(known.approval) : decided;
  }
  const subject = `proof:${params.proof_id}`;
  const act = { kind: 'case', subject, content: { loss, account }, caller, now };
  const { agreed, approval } = await agree(tx, act, { alone: demo });
  const actor = `account:${caller.account}`;
  const details = { approval, loss, account, reason };
  const action = agreed ? 'case.decided' : 'case.proposed';
  await record(tx, [{ actor, action, subject, outcome: 'ok', details }], now);
  if (!agreed) {
    return { ok: true, status: 202, value: { status: 'waiting', approval_id: String(approval) } };
  }
  const by = { reason, by: caller.accountId, at: now };
  await insertCase(tx, proof.id, { loss, account, approval, ...by });
  if (account === 'release') {
    const { accountId } = proof;
    const released = await people.release(tx, accountId, { reason, actor, now });
    // What was held for the review is decided again (spec/wallet-key.md §6).
    if (released) await settlement.requeue(tx, accountId, now);
  }
  return done(approval);
}

function done(approval: bigint): Reply<'decideCase'> {
  return { ok: true, status: 200, value: { status: 'done', approval_id: String(approval) } };
}

const notFound: Refused = {
  ok: false,
  code: 'proof/not_found',
  detail: 'There is no proof of this id.',
};
const own: Refused = {
  ok: false,
  code: 'review/own',
  detail: 'The proof is against your account.',
};
const decided: Refused = {
  ok: false,
  code: 'case/decided',
  detail: 'This case was decided otherwise.',
};
