import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { createPool, readConfig, startBank } from '@sikka/bank';
import type { Bank, Pool } from '@sikka/bank';
import { currencyOf, formatAmount, hex } from '@sikka/protocol';
import type { WalletKey } from '@sikka/protocol';
import { auditTables } from './audit.ts';
import { injectClock } from './database-clock.ts';
import type { DatabaseClock } from './database-clock.ts';
import { BANK_CALLS } from './port.ts';
import type { BankCalls, OperatorAct, SimBank, SimBankParts } from './port.ts';
import { readBaseline, readView } from './postgres-view.ts';

export interface PostgresBankOptions {
  /** An empty database, as its owner. */
  readonly databaseUrl: string;
  /** A folder of its own for the bank's keys. */
  readonly dataDir: string;
}

/**
 * The whole bank behind HTTP on real PostgreSQL, at the simulation's time. It draws its own keys
 * and challenges, so its runs are not the same twice; what must hold, holds in each.
 */
export async function createPostgresBank(
  parts: SimBankParts,
  options: PostgresBankOptions,
): Promise<SimBank> {
  const owner = createPool(options.databaseUrl, { max: 2 });
  const errors: string[] = [];
  let bank = await start(parts, options, errors);
  const clock = await injectClock(owner);
  const baseline = await readBaseline(owner);
  const clientOf = (account: string) => {
    return createClient({ baseUrl: bank.url, token: () => bank.token(account) });
  };
  const guarded = guardedBy(parts, clock, errors);
  return {
    openAccount: (account, balanceMinor) => {
      return openAccount({ owner, clientOf, parts }, account, balanceMinor);
    },
    registerKey: (account, key) => registerKey(owner, { account, key, now: parts.now() }),
    // Made anew at each call: the bank may have been started again, on another port.
    client: (account) => guarded(() => clientOf(account)),
    operate: async (act) => {
      await clock.set(parts.now());
      await operate(clientOf, act);
    },
    work: async () => {
      await clock.set(parts.now());
      await bank.work();
      refuseErrors(errors);
    },
    restart: async () => {
      await bank.stop();
      bank = await start(parts, options, errors);
    },
    observe: () => readView(owner, parts.now(), baseline),
    audit: () => auditTables(options.databaseUrl, new Date(parts.now() * 1000)),
    stop: async () => {
      await bank.stop();
      await owner.close();
    },
  };
}

async function start(
  { bankId, now }: SimBankParts,
  { databaseUrl, dataDir }: PostgresBankOptions,
  errors: string[],
): Promise<Bank> {
  const settings = { PORT: '0', DATABASE_URL: databaseUrl, DATA_DIR: dataDir, BANK_ID: bankId };
  const quiet = { LOG_LEVEL: 'error', WORKER: 'off', RATE_LIMIT_ENABLED: 'false' };
  const config = readConfig({ ...settings, ...quiet, DEMO_MODE: 'true' }, dataDir);
  if (!config.ok) throw new Error(config.errors.join(' '));
  const clock = () => new Date(now() * 1000);
  return startBank(
    { ...config.value, bcryptCost: 4 },
    {
      ...{ clock, writeLog: (line) => void errors.push(line) },
    },
  );
}

type ClientOf = (account: string) => Client;

type AnyCall = (input: unknown) => Promise<unknown>;

/** What a bank logs as an error is a defect, whatever it answered. */
function refuseErrors(errors: string[]): void {
  const [first] = errors.splice(0);
  if (first !== undefined) throw new Error(`The bank logged ${first.trim().slice(0, 400)}`);
}

/** How often whoever hands in does not wait for the decision. */
const LEFT_TO_THE_WORKER = 0.1;

/** Every call at the simulation's time; after it has been carried out, its reply may be lost. */
function guardedBy(parts: SimBankParts, clock: DatabaseClock, errors: string[]) {
  const leaving = parts.random.fork('leaving');
  return (client: () => Client): BankCalls => {
    const calls = BANK_CALLS.map((name) => {
      const call = async (input: unknown) => {
        await clock.set(parts.now());
        const isLeft = name === 'handInDocuments' && leaving.chance(LEFT_TO_THE_WORKER);
        const asked = isLeft ? { ...(input as object), respondAsync: true } : input;
        const answer = await (client()[name] as AnyCall)(asked);
        refuseErrors(errors);
        parts.fault('http/answered');
        return answer;
      };
      return [name, call] as const;
    });
    return Object.fromEntries(calls) as unknown as BankCalls;
  };
}

interface Opening {
  readonly owner: Pool;
  readonly clientOf: ClientOf;
  readonly parts: SimBankParts;
}

const STAFF = 'operator';

/** A person of the demo, who loads all the money at once. */
async function openAccount(
  { owner, clientOf, parts }: Opening,
  account: string,
  balanceMinor: bigint,
): Promise<number> {
  const currency = currencyOf(parts.currency)?.alpha ?? '';
  const balance = formatAmount(balanceMinor, parts.currency);
  const person = { account, name: `Shop ${account}`, town: 'Lahore', currency, balance };
  const made = await clientOf(STAFF).createDemoAccount({ body: person });
  if (!made.ok) throw new Error(`No account ${account}: ${made.problem.code}.`);
  const { rows } = await owner.query<{ number: bigint; kind: string }>(
    `select w.number, w.kind from wallets as w join accounts as a on a.id = w.account_id
      where a.public_id = $1`,
    [account],
  );
  const numberOf = (kind: string) => Number(rows.find((row) => row.kind === kind)?.number);
  const [from, to] = [numberOf('current'), numberOf('offline')];
  if (balanceMinor > 0n) {
    const body = { from_wallet_id: from, to_wallet_id: to, amount: balance, currency };
    const moved = await clientOf(account).createTransfer({ body });
    if (!moved.ok) throw new Error(`Not loaded: ${moved.problem.code}.`);
  }
  return from;
}

/** As its owner's own PUT does, which asks for a session that nobody here has. */
async function registerKey(
  owner: Pool,
  {
    account,
    key,
    now,
  }: { readonly account: string; readonly key: WalletKey; readonly now: number },
): Promise<void> {
  const at = new Date(now * 1000);
  await owner.query(
    `update wallet_keys set retired_at = $2, retired_reason = 'replaced', sealed_private = null,
        vault = null
      from wallets as w join accounts as a on a.id = w.account_id
      where wallet = w.number and a.public_id = $1 and retired_at is null`,
    [account, at],
  );
  await owner.query(
    `with placed as (
        insert into wallet_keys (id, wallet, modulus, origin, proved_at, created_at)
          select $2, w.number, $3, 'device', $4, $4 from wallets as w
            join accounts as a on a.id = w.account_id
            where a.public_id = $1 and w.kind = 'offline'
          returning wallet
      )
      select audit_record(array['account:' || $1], array['wallet.key_registered'],
          array['wallet:' || wallet], array['registered'], array[$5], $4)
        from placed`,
    [account, key.id, key.modulus, at, JSON.stringify({ key: hex(key.id), proved: true })],
  );
}

async function operate(clientOf: ClientOf, act: OperatorAct): Promise<void> {
  const staff = clientOf(STAFF);
  switch (act.act) {
    case 'rotate-issuer-key':
      return expectDone(await staff.rotateIssuerKey({ body: {} }));
    case 'issue-bulletin':
      return expectDone(await staff.issueBulletin());
    case 'revoke-device':
      await staff.revokeDevice({ params: { till: act.till }, body: { reason: 'lost' } });
      return;
    case 'decide-case':
      // The first call proposes, where two have to agree.
      for (const person of [STAFF, 'bilal']) {
        const params = { proof_id: act.proofId };
        const body = { loss: 'payee', account: 'keep', reason: 'Both were his.' } as const;
        const decided = await clientOf(person).decideCase({ params, body });
        if (!decided.ok || decided.value.status === 'done') return;
      }
  }
}

function expectDone(answer: { readonly ok: boolean }): void {
  if (!answer.ok) throw new Error(`The operator was refused: ${JSON.stringify(answer)}`);
}
