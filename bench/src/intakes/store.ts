import { createHash } from 'node:crypto';
import { keyHash } from '@sikka/protocol';
import { cashAccount, CURRENCY } from '../town/store.ts';
import type { Owner } from '../town/store.ts';

/** More than any run spends. */
const LIMIT_MINOR = 10_000_000n;
const FLOAT_MINOR = 1_000_000_000_000n;

/** Registered and approved people, each with a limit of 100,000.00 that is funded. */
export async function insertLedgerPeople(
  owner: Owner,
  people: readonly {
    readonly account: string;
    readonly userId: string;
    readonly walletId: string;
    readonly publicKey: Uint8Array;
  }[],
): Promise<void> {
  await owner.query(
    `insert into kyc_users
        (user_id, role, public_key, key_id, status, account_id, created_at, updated_at)
      select p.user_id, 'both', p.key, p.key_id, 'approved', a.id, now(), now()
      from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
        as p (user_id, account, key, key_id)
      join accounts as a on a.public_id = p.account`,
    [
      people.map(({ userId }) => userId),
      people.map(({ account }) => account),
      people.map(({ publicKey }) => Buffer.from(publicKey)),
      people.map(({ publicKey }) => Buffer.from(keyHash('ES256', publicKey))),
    ],
  );
  const { rows } = await owner.query<{ ledger_account: string }>(
    `insert into limit_wallets
        (wallet_id, kyc_user, currency, ledger_account, requested, approved, status, funded_from,
          created_at, updated_at)
      select w.wallet_id, k.no, $3, w.ledger, $4, $4, 'approved', 'credit_line', now(), now()
      from unnest(
        $1::text[], $2::text[],
        ledger_open(
          array_fill('limit'::text, array[cardinality($1::text[])]),
          array_fill($3::int, array[cardinality($1::text[])]),
          array_fill(null::bigint, array[cardinality($1::text[])]),
          now()
        )
      ) as w (user_id, wallet_id, ledger)
      join kyc_users as k on k.user_id = w.user_id
      returning ledger_account`,
    [
      people.map(({ userId }) => userId),
      people.map(({ walletId }) => walletId),
      CURRENCY,
      LIMIT_MINOR,
    ],
  );
  await fund(
    owner,
    rows.map((row) => row.ledger_account),
    LIMIT_MINOR,
  );
}

/** Tills of agents, registered last year, each agent with a float. */
export async function insertTills(
  owner: Owner,
  tills: readonly {
    readonly deviceId: string;
    readonly account: string;
    readonly publicKey: Uint8Array;
  }[],
): Promise<void> {
  await owner.query(
    `with agents as (
      insert into tenants (tenant_type, tenant_id, account_id, created_at)
      select 'agent', t.device, a.id, now() - interval '1 year'
      from unnest($1::text[], $2::text[]) as t (device, account)
      join accounts as a on a.public_id = t.account
      returning no, tenant_id, account_id
    )
    insert into tills
        (device_id, tenant, registered_by, scheme, public_key, key_id, country, currency,
          status_changed_at, created_at)
      select t.device, g.no, g.account_id, 'ECDSA-P256', t.key, t.key_id, 'PK', $5,
        now() - interval '1 year', now() - interval '1 year'
      from unnest($1::text[], $3::bytea[], $4::bytea[]) as t (device, key, key_id)
      join agents as g on g.tenant_id = t.device`,
    [
      tills.map(({ deviceId }) => deviceId),
      tills.map(({ account }) => account),
      tills.map(({ publicKey }) => Buffer.from(publicKey)),
      tills.map(({ publicKey }) => Buffer.from(keyHash('ES256', publicKey))),
      CURRENCY,
    ],
  );
  const { rows } = await owner.query<{ ledger_account: string }>(
    `insert into tenant_floats (tenant, currency, ledger_account)
      select g.no, $2, f.ledger
      from unnest(
        $1::text[],
        ledger_open(
          array_fill('float'::text, array[cardinality($1::text[])]),
          array_fill($2::int, array[cardinality($1::text[])]),
          array_fill(null::bigint, array[cardinality($1::text[])]),
          now()
        )
      ) as f (device, ledger)
      join tenants as g on g.tenant_type = 'agent' and g.tenant_id = f.device
      returning ledger_account`,
    [tills.map(({ deviceId }) => deviceId), CURRENCY],
  );
  await fund(
    owner,
    rows.map((row) => row.ledger_account),
    FLOAT_MINOR,
  );
}

async function fund(owner: Owner, accounts: readonly string[], minor: bigint): Promise<void> {
  await owner.query(
    `select ledger_post(
        array_agg($1::bigint), array_agg(a.id), array_agg($3::bigint), array_agg($4::int),
        array_agg('funding'::text), array_agg(null::bytea), now()
      )
      from unnest($2::bigint[]) as a (id)`,
    [await cashAccount(owner), accounts, minor, CURRENCY],
  );
}

/** A million a day, and only a score of 1 is looked at: scored like any other, never held. */
export async function putPolicyInForce(owner: Owner): Promise<void> {
  const content = '{}';
  await owner.query(
    `with agreed as (
      insert into approvals
        (kind, subject, content, content_sha256, proposed_at, decided_at, outcome)
      values ('offline_policy', 'country:PK', $1, $2, now(), now(), 'approved_alone')
      returning id
    )
    insert into offline_policies
        (country, version, approval, currency, max_amount, max_per_day, methods, max_age_hours,
          enabled, review_from, quarantine_from, effective_from)
      select 'PK',
        (select coalesce(max(p.version), 0) + 1 from offline_policies as p where p.country = 'PK'),
        a.id, $3, 500000, 1000000, '{wallet,qr,ussd}', 72, true, 10000, 10000, now()
      from agreed as a`,
    [content, createHash('sha256').update(content).digest(), CURRENCY],
  );
}
