import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBank } from '../src/bank/memory-bank.ts';
import { bundle, NODE_OPTIONS } from '../src/bundle.ts';
import type { Bundle } from '../src/bundle.ts';
import type { SimBank, SimBankParts } from '../src/bank/port.ts';
import { run } from '../src/run.ts';
import type { RunOptions } from '../src/run.ts';
import { shrink } from '../src/shrink.ts';

interface Said {
  readonly seeds: number;
  readonly events: number;
  readonly failures: readonly unknown[];
  readonly counters: Readonly<Record<string, number>>;
  readonly hashes: Readonly<Record<string, string>>;
}

/** A minute and a half of a processor, which a busy machine shares with twenty others. */
const PATIENCE_MS = 1_800_000;

let program: Bundle;

beforeAll(async () => {
  program = await bundle('sim/src/main.ts');
});
afterAll(() => program.remove());

/** `npm run sim`, without what npm does before. */
async function sim(...args: readonly string[]): Promise<Said> {
  const given = [...NODE_OPTIONS, program.file, ...args, '--json'];
  const options = { maxBuffer: 64 << 20 };
  const { stdout } = await promisify(execFile)(process.execPath, given, options);
  return JSON.parse(stdout) as Said;
}

/** What has to happen somewhere in these worlds, or they prove nothing of it. */
const MUST_HAPPEN = [
  // people
  ...['pay.ok', 'accept.accepted', 'accept.duplicate', 'receipt.ok', 'printed.ok'],
  ...['refund.ok', 'return.ok', 'withhold.ok', 'enrol.ok', 'allowance.ok', 'phone.replaced'],
  ...['trade.not-scanned', 'trade.scanned-late', 'trade.photograph', 'bulletin-passed.ok'],
  ...['tabs.ok.request_already_paid', 'pay-again.request_already_paid'],
  // what phones refuse
  ...['pay.expired', 'pay.over_limit', 'pay.over_count', 'pay.over_per_payment'],
  ...['pay.request_expired', 'pay.device_revoked', 'pay.wallet/spending_stopped'],
  ...['accept.double_spend', 'accept.contradiction'],
  ...['accept.request_expired', 'accept.expired', 'accept.allowance_revoked'],
  // faults
  ...['phone-died.append:before', 'phone-died.append:torn', 'phone-died.append:after'],
  ...['phone-died.apart:before', 'phone-died.apart:after', 'phone-died.key:before'],
  ...['phone-died.key:after', 'phone-died.call:before', 'phone-died.call:after'],
  ...['phone.killed', 'phone.restored', 'phone.clogged', 'clock.back', 'clock.forward'],
  ...['call.dropped', 'call.delayed', 'call.duplicated', 'call.reply-lost', 'call.clogged'],
  ...['bank.died-answering', 'bank.restarted', 'operator.rotate-issuer-key'],
  ...['operator.revoke-device', 'operator.decide-case', 'sync.rolled-back'],
  ...['bank-died.transaction/write', 'bank-died.transaction/commit'],
  // the bank
  ...['bank.settled', 'bank.pending', 'bank.recorded', 'bank.extra', 'bank.proofs'],
  ...['bank.refunds', 'bank.returns', 'bank.released', 'bank.allowance.closed'],
  ...['bank.rejected.double_spend', 'bank.rejected.contradiction', 'bank.rejected.over_limit'],
  ...['bank.rejected.payer_signature_invalid', 'bank.rejected.claim_window_closed'],
  // payments by keys of wallets
  ...['key.settled', 'key.insufficient_funds', 'key.nonce_conflict', 'key.payee_unknown'],
  ...['key.payer_key_unknown', 'key.payer_key_retired', 'key.payer_under_review', 'key.pending'],
  ...['key.replaced', 'last-second.claimed'],
  // sealed ledgers and tills' bundles
  ...['order.ledger.settled', 'order.ledger.insufficient_funds', 'order.ledger.order_conflict'],
  ...['order.ledger.payer_mismatch', 'order.ledger.self_payment', 'order.ledger.amount_invalid'],
  ...['order.ledger.payer_signature_invalid', 'order.ledger.order_key_unknown'],
  ...['order.ledger.limit_wallet_inactive', 'order.ledger.pending', 'ledger.held'],
  ...['order.till.settled', 'order.till.bundle_not_cleared', 'order.till.order_conflict'],
  ...['order.till.device_signature_invalid', 'order.till.not_accepted_here'],
  ...['bundle.held', 'bundle.again', 'bundle.natively', 'order.review.released'],
  ...['order.review.rejected', 'order.held-bytes', 'order.every-way.at-once'],
  ...['ledger.ledger/chain_broken', 'ledger.ledger/open_failed', 'order.topped-up'],
  ...['thief.by-ledger.fork', 'thief.by-ledger.rolledBack', 'thief.by-ledger.twoLedgers'],
  ...['thief.by-till.replay', 'thief.by-till.numberTwice', 'thief.by-till.namedAgain'],
  // thieves
  ...['thief.race', 'thief.by-key.anotherNonce', 'thief.by-key.anothersWallet'],
  ...['thief.by-key.oneNonceTwice', 'thief.by-key.replacedKey'],
  ...['thief.clone', 'thief.replay', 'thief.roll-back', 'thief.forge', 'thief.collude'],
  ...['thief.split-limits', 'thief.ring', 'thief.withhold', 'thief.double-spend'],
  ...['thief.lying-return', 'thief.forged-return', 'thief.false-refund', 'thief.twist'],
  ...['thief.crooked-refund', 'thief.false-receipt', 'thief.false-bulletin', 'thief.jump'],
  ...['thief.fork-the-past', 'thief.pay-twice', 'late-copy.refused', 'party.moved-in'],
  ...['thief.crooked-return', 'thief.too-late.request_expired', 'thief.jump-accused'],
  ...['refunds.together', 'phone.behind-its-witness', 'bank.rejected.return_conflict'],
];

describe('three hundred worlds', () => {
  let said: Said;

  beforeAll(async () => {
    said = await sim('--seeds', '300', '--events', '100');
  }, PATIENCE_MS);

  it('in which everything happens that is meant to, and nothing is violated', () => {
    expect(said.failures).toEqual([]);
    expect(said).toMatchObject({ seeds: 300, events: 30_000 });
    const never = MUST_HAPPEN.filter((name) => (said.counters[name] ?? 0) === 0);
    expect(never).toEqual([]);
  });

  it(
    'are the same worlds in another process',
    async () => {
      const { hashes } = await sim('--seed', '17', '--seeds', '2', '--events', '100');
      expect(hashes).toEqual({ 17: said.hashes['17'], 18: said.hashes['18'] });
      expect(new Set(Object.values(said.hashes)).size).toBe(300);
    },
    PATIENCE_MS,
  );
});

/** A bank whose books lie from the third settled payment on. */
async function lyingBank(parts: SimBankParts): Promise<SimBank> {
  const bank = await createMemoryBank(parts);
  return {
    ...bank,
    async observe() {
      const view = await bank.observe();
      if (view.settled.length < 3) return view;
      return { ...view, balances: new Map([...view.balances, ['out of nothing', 1n]]) };
    },
  };
}

describe('a run that fails', () => {
  const options: RunOptions = { seed: '5', events: 60, openBank: lyingBank };

  it('stops at the first event after which something does not hold', async () => {
    const failed = await run(options);
    expect(failed.violations[0]).toMatchObject({ invariant: 'conservation' });
    expect(failed.violatedAt).toBeLessThan(60);
  });

  it('shrinks to a few events, which fail by themselves', async () => {
    const failed = await run(options);
    const { events, result } = await shrink(options, failed);
    expect(events.length).toBeLessThanOrEqual(6);
    expect(events.length).toBeLessThan(failed.violatedAt ?? 0);
    expect(result.violations[0]).toMatchObject({ invariant: 'conservation' });
    const kept = new Set(events);
    const without = new Set(Array.from({ length: 60 }, (_, at) => at).filter((e) => !kept.has(e)));
    expect((await run({ ...options, without })).hash).toBe(result.hash);
  });
});
