import type { AnswerOf, Routes } from '@sikka/api';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';
import { columns } from '../output.ts';
import { optionOf, orRefused, readStaffCall, STAFF_USAGE, wordOf } from './staff.ts';

export const REVIEW_USAGE = `sikka review list|show|release|reject

What is held until somebody at the bank has looked. For an account with the role risk.

  list                          what is open, oldest first
  show ID                       one with the transactions in it
  release ID --reason TEXT      let it go: it is decided like anything else
  reject ID --reason TEXT       refuse it for ever
${STAFF_USAGE}`;

export const CASE_USAGE = `sikka case list|decide

Proved double spends. For an account with the role risk; lists take pay_admin.

  list                          proofs, newest first, and what was decided
  decide PROOF --loss bank|payee --then release|keep [--guarantee AMOUNT] --reason TEXT
                                who bears the loss, and whether the accused's account is released.
                                The bank pays the refused payee all of it, or the amount named
${STAFF_USAGE}`;

export const HELD_USAGE = `sikka held list|retry

Items that failed again and again. For an account with the role pay_admin.

  list                          what is held, oldest first
  retry UPLOAD                  have them decided again, once the cause is mended
${STAFF_USAGE}`;

type Review = AnswerOf<Routes['listReviews']>['reviews'][number];
type Case = AnswerOf<Routes['listProofs']>['proofs'][number]['decision'];
type Guarantee = NonNullable<NonNullable<Case>['guarantee']>;
type Decision = { readonly status: 'done' | 'waiting'; readonly approval_id: string | null };

/** `sikka review`. */
export const reviewCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const call = readStaffCall(args, REVIEW_USAGE, { role: 'risk' });
  const { client, action } = call;
  if (action === 'list' && call.words.length === 0) {
    const { reviews } = orRefused(await client.listReviews());
    for (const review of reviews) out.line(oneLine(review));
    return 0;
  }
  const id = wordOf(call, REVIEW_USAGE);
  const params = { id };
  if (action === 'show') {
    const { bundle, ...review } = orRefused(await client.getReview({ params }));
    out.line(columns(Object.entries(review).map(([name, value]) => [name, String(value)])));
    for (const each of bundle?.transactions ?? []) {
      const { local_id: localId, type, amount, currency, sender, receiver } = each;
      const by = each.signed_by_payer ? 'signed by its payer' : 'the till’s own word';
      out.line(`  ${localId}  ${type}  ${amount} ${currency}  ${sender} → ${receiver}  ${by}`);
    }
    return 0;
  }
  if (action !== 'release' && action !== 'reject') throw new CliError('cli/usage', REVIEW_USAGE);
  const input = { params, body: { reason: optionOf(call, 'reason', REVIEW_USAGE) } };
  const decided =
    action === 'release' ? await client.releaseReview(input) : await client.rejectReview(input);
  return tell(out, orRefused(decided));
};

/** `sikka case`. */
export const caseCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const listing = args[0] === 'list';
  const more = ['loss', 'then', 'guarantee'];
  const role = listing ? 'pay_admin' : 'risk';
  const call = readStaffCall(args, CASE_USAGE, { role, more });
  if (call.action === 'list' && call.words.length === 0) {
    const { proofs } = orRefused(await call.client.listProofs());
    for (const { proof_id: id, verdict, account, at, decision } of proofs) {
      out.line(`${id}  ${verdict}  ${account}  ${at}  ${outcomeOf(decision)}`);
    }
    return 0;
  }
  if (call.action !== 'decide') throw new CliError('cli/usage', CASE_USAGE);
  const loss = optionOf(call, 'loss', CASE_USAGE);
  const account = optionOf(call, 'then', CASE_USAGE);
  if (loss !== 'bank' && loss !== 'payee') throw new CliError('cli/usage', CASE_USAGE);
  if (account !== 'release' && account !== 'keep') throw new CliError('cli/usage', CASE_USAGE);
  const guarantee = call.values['guarantee'];
  const named = guarantee === undefined ? {} : { guarantee };
  const reason = optionOf(call, 'reason', CASE_USAGE);
  const body = { loss, account, reason, ...named } as const;
  const params = { proof_id: wordOf(call, CASE_USAGE) };
  const said = orRefused(await call.client.decideCase({ params, body }));
  if (said.guarantee !== null) out.line(`The bank pays ${paidTo(said.guarantee)}.`);
  return tell(out, said);
};

/** `sikka held`. */
export const heldCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const call = readStaffCall(args, HELD_USAGE, { role: 'pay_admin' });
  if (call.action === 'list' && call.words.length === 0) {
    const { held_items: held } = orRefused(await call.client.listHeldItems());
    for (const { upload_id: id, item, reason, at } of held) {
      out.line(`${id}  item ${item}  ${reason}  ${at}`);
    }
    return 0;
  }
  if (call.action !== 'retry') throw new CliError('cli/usage', HELD_USAGE);
  const params = { upload_id: wordOf(call, HELD_USAGE) };
  orRefused(await call.client.retryHeldItems({ params }));
  out.line('Queued: it is decided again within seconds.');
  return 0;
};

const outcomeOf = (decision: Case): string => {
  if (decision === null) return 'open';
  const { loss, account, guarantee } = decision;
  const paid = guarantee === null ? '' : `, which paid ${paidTo(guarantee)}`;
  return `the ${loss} bears it${paid}; account: ${account}`;
};

const paidTo = ({ amount, currency, payee_wallet: wallet }: Guarantee): string =>
  `${amount} ${currency} to wallet ${wallet}`;

const oneLine = ({ id, kind, amount, currency, reasons, opened_at: at, ...rest }: Review): string =>
  [id, kind, amount === null ? '' : `${amount} ${currency ?? ''}`, reasons.join(' '), at]
    .concat(rest.two_people ? ['takes two'] : [])
    .join('  ');

const tell = (out: Output, { status, approval_id: approval }: Decision): number => {
  out.line(
    status === 'done'
      ? 'Decided.'
      : `Proposed (approval ${approval ?? ''}): somebody else has to give the same command.`,
  );
  return 0;
};
