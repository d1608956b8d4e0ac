import type { AnswerOf, Routes } from '@sikka/api';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';
import { columns } from '../output.ts';
import type { StaffCall } from './staff.ts';
import { optionOf, orRefused, readStaffCall, STAFF_USAGE, wordOf } from './staff.ts';

export const DISPUTES_USAGE = `sikka disputes list|show|decide

What payers and payees say is wrong with payments of theirs. For an account with the role risk.

  list [--status open|decided]  the open ones, oldest first; or the decided ones, newest first
  show ID                       one, and for a pay_admin or admin what came of its payment
  decide ID --outcome upheld|dismissed --reason TEXT
                                say what came of it, once: whoever opened it is told by mail. No
                                money moves by it
${STAFF_USAGE}`;

type Dispute = AnswerOf<Routes['listAllDisputes']>['disputes'][number];
type Status = 'open' | 'decided';

/** `sikka disputes`. */
export const disputesCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const more = ['status', 'outcome'];
  const call = readStaffCall(args, DISPUTES_USAGE, { role: 'risk', more });
  if (call.action === 'list' && call.words.length === 0) {
    const { status = 'open' } = call.values;
    if (status !== 'open' && status !== 'decided') throw new CliError('cli/usage', DISPUTES_USAGE);
    for (const dispute of await listed(call, status)) out.line(oneLine(dispute));
    return 0;
  }
  const id = wordOf(call, DISPUTES_USAGE);
  if (call.action === 'show') return show(call, id, out);
  if (call.action !== 'decide') throw new CliError('cli/usage', DISPUTES_USAGE);
  const outcome = optionOf(call, 'outcome', DISPUTES_USAGE);
  const reason = optionOf(call, 'reason', DISPUTES_USAGE);
  if (outcome !== 'upheld' && outcome !== 'dismissed') {
    throw new CliError('cli/usage', DISPUTES_USAGE);
  }
  const asked = { params: { id }, body: { outcome, reason } } as const;
  const { account } = orRefused(await call.client.decideDispute(asked));
  out.line(`Decided: ${outcome}. ${account} is told by mail.`);
  return 0;
};

const show = async (call: StaffCall, id: string, out: Output): Promise<number> => {
  const found =
    (await listed(call, 'open')).find((one) => one.id === id) ??
    (await listed(call, 'decided')).find((one) => one.id === id);
  if (found === undefined) {
    const said = `Neither among the oldest open nor the newest decided disputes is one ${id}.`;
    throw new CliError('cli/bank_refused', said);
  }
  const { payment_id: paymentId } = found;
  const payment = await call.client.getPayment({ params: { payment_id: paymentId } });
  const known = payment.ok ? payment.value : { payment: `not shown (${payment.problem.code})` };
  const rows = [...Object.entries(found), ...Object.entries(known)];
  out.line(columns(rows.map(([name, value]) => [name, String(value)])));
  return 0;
};

/** A hundred at most. */
const listed = async ({ client }: StaffCall, status: Status): Promise<readonly Dispute[]> => {
  const query = { status, limit: '100' };
  return orRefused(await client.listAllDisputes({ query })).disputes;
};

const oneLine = ({ id, account, side, reason, status, ...rest }: Dispute): string =>
  [id, account, side, reason, rest.payment_id.slice(0, 8), rest.opened_at, status].join('  ');
