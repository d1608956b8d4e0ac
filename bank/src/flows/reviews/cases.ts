import { currencyOf, formatAmount, fromHex, hex, parseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { People } from '../../identity/index.ts';
import { agree } from '../../policy/index.ts';
import type { KeptProof, Settlement } from '../../settlement/index.ts';
import { guaranteeOf, lossOf, payGuarantee } from './guarantee.ts';
import type { GuaranteeCaps, Loss } from './guarantee.ts';
import { insertCase, lockConcerned, readCases } from './store/cases.ts';
import type { Guarantee, KeptCase } from './store/cases.ts';

export interface CaseDeps {
  readonly pool: Pool;
  /** One person is enough. */
  readonly demo: boolean;
  readonly caps: GuaranteeCaps;
  readonly people: Pick<People, 'release'>;
  readonly settlement: Pick<Settlement, 'findProof' | 'requeue'>;
}

type Deciding = Call<'decideCase'>;
type Said = Reply<'decideCase'>;

/**
 * Two people say what became of a proved double spend, and the bank pays what it bears of it. From
 * then on what is left of the allowance goes back by closing, like any other's; the device stays
 * revoked, and no payment is undone.
 */
export function caseRoutes(deps: CaseDeps): Handlers<'decideCase'> {
  const { pool, settlement } = deps;
  return {
    decideCase: async (call) => {
      const proof = await settlement.findProof(fromHex(call.params.proof_id));
      if (proof === undefined) return notFound;
      try {
        return await inTransaction(pool, (tx) => decide(deps, tx, proof, call));
      } catch (error) {
        if (error instanceof Unfunded) return notFunded;
        throw error;
      }
    },
  };
}

/** Undoes a decision whose guarantee cannot be paid. */
class Unfunded extends Error {}

async function decide(deps: CaseDeps, tx: Tx, proof: KeptProof, call: Deciding): Promise<Said> {
  const { caller, body, now } = call;
  const loss = await lossOf(tx, proof);
  const payee = loss?.payee?.accountId;
  if ([proof.accountId, payee].includes(caller.accountId)) return own;
  await lockConcerned(tx, [proof.accountId, ...(payee === undefined ? [] : [payee])]);
  const [known] = await readCases(tx, [proof.id]);
  if (known !== undefined) return isSame(known, body) ? done(known) : decided;
  const asked = await borne(deps, tx, { proof, loss, call });
  if (asked !== undefined && 'ok' in asked) return asked;
  const content = {
    ...{ loss: body.loss, account: body.account },
    ...(asked && { guarantee: asked.amountMinor }),
  };
  const subject = `proof:${hex(proof.id)}`;
  const { agreed, approval } = await agree(
    tx,
    { kind: 'case', subject, content, caller, now },
    {
      alone: deps.demo,
    },
  );
  const event = {
    ...{ actor: `account:${caller.account}`, subject, outcome: 'ok' },
    action: agreed ? 'case.decided' : 'case.proposed',
    details: { approval, ...content, ...detailsOf(asked, deps.caps), reason: body.reason },
  };
  await record(tx, [event], now);
  const result = { approval, guarantee: asked };
  if (!agreed) return answer(202, 'waiting', result);
  await carryOut(deps, tx, { proof, loss, call, ...result });
  return done(result);
}

interface Agreed {
  readonly proof: KeptProof;
  readonly loss: Loss | undefined;
  readonly call: Deciding;
  readonly approval: bigint;
  readonly guarantee: Guarantee | undefined;
}

async function carryOut(
  { people, settlement }: CaseDeps,
  tx: Tx,
  { proof, loss, call: { caller, body, now }, approval, guarantee }: Agreed,
): Promise<void> {
  const { accountId } = proof;
  const { account, reason } = body;
  const by = { reason, by: caller.accountId, at: now };
  await insertCase(tx, proof.id, { loss: body.loss, account, guarantee, approval, ...by });
  if (account === 'release') {
    const actor = `account:${caller.account}`;
    const released = await people.release(tx, accountId, { reason, actor, now });
    // What was held for the review is decided again (spec/wallet-key.md §6).
    if (released) await settlement.requeue(tx, accountId);
  }
  const credit = loss?.payee?.ledgerAccount;
  if (guarantee === undefined || credit === undefined) return;
  if (!(await payGuarantee(tx, proof.id, { ...guarantee, credit, at: now }))) throw new Unfunded();
}

/** What the bank pays by this decision; undefined where the payee bears the loss. */
async function borne(
  { caps }: CaseDeps,
  tx: Tx,
  of: {
    readonly proof: KeptProof;
    readonly loss: Loss | undefined;
    readonly call: Deciding;
  },
): Promise<Guarantee | Refused | undefined> {
  const { proof, loss, call } = of;
  const { body, now } = call;
  if (body.loss === 'payee') return body.guarantee === undefined ? undefined : amountInvalid;
  if (loss === undefined) return nothingRefused;
  const { currency } = loss.payment;
  const amount = body.guarantee === undefined ? undefined : parseAmount(body.guarantee, currency);
  if (amount !== undefined && (!amount.ok || amount.value < 1n)) return amountInvalid;
  return guaranteeOf(tx, loss, { proof, asked: amount?.value, caps, now });
}

/** By what it was judged, so that an auditor can judge it again. */
function detailsOf(guarantee: Guarantee | undefined, caps: GuaranteeCaps): object {
  if (guarantee === undefined) return {};
  const { covered, currency, payeeWallet } = guarantee;
  return {
    ...{ covered: hex(covered), payee_wallet: payeeWallet },
    ...{ cap: caps.ofAllowance(currency), cap_payee: caps.ofPayee(currency), cap_days: caps.days },
  };
}

function isSame({ loss, account, guarantee }: KeptCase, body: Deciding['body']): boolean {
  if (loss !== body.loss || account !== body.account) return false;
  if (body.guarantee === undefined || guarantee === undefined) return true;
  const amount = parseAmount(body.guarantee, guarantee.currency);
  return amount.ok && amount.value === guarantee.amountMinor;
}

type Outcome = Pick<KeptCase, 'approval' | 'guarantee'>;

function done(outcome: Outcome): Said {
  return answer(200, 'done', outcome);
}

function answer(
  status: 200 | 202,
  word: 'done' | 'waiting',
  { approval, guarantee }: Outcome,
): Said {
  const value = { approval_id: String(approval), guarantee: wireGuarantee(guarantee) };
  return { ok: true, status, value: { status: word, ...value } };
}

/** As lists of proofs show it; null where nobody has decided it. */
export function wireCase(decision: KeptCase | undefined) {
  if (decision === undefined) return null;
  const { loss, account, at, guarantee } = decision;
  return { loss, account, guarantee: wireGuarantee(guarantee), at: at.toISOString() };
}

function wireGuarantee(guarantee: Guarantee | undefined) {
  if (guarantee === undefined) return null;
  const { amountMinor, currency, payeeWallet } = guarantee;
  return {
    amount: formatAmount(amountMinor, currency),
    currency: currencyOf(currency)?.alpha ?? '',
    payee_wallet: payeeWallet,
  };
}

const notFound: Refused = {
  ok: false,
  code: 'proof/not_found',
  detail: 'There is no proof of this id.',
};
const own: Refused = {
  ok: false,
  code: 'review/own',
  detail: 'The proof is against your account, or you have the loss.',
};
const decided: Refused = {
  ok: false,
  code: 'case/decided',
  detail: 'This case was decided otherwise.',
};
const nothingRefused: Refused = {
  ok: false,
  code: 'case/not_covered',
  detail: 'No payment was refused because of it: there is nothing to bear.',
};
const notFunded: Refused = {
  ok: false,
  code: 'case/not_funded',
  detail: 'The bank’s guarantee account holds less than this. Nothing was decided.',
};
const amountInvalid: Refused = {
  ok: false,
  code: 'amount/invalid',
  detail: 'A guarantee is decimal text such as "500.00", more than 0, where the bank bears it.',
};
