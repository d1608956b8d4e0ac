import { createClient } from '@sikka/api';
import type { AnswerOf, Routes } from '@sikka/api';
import pg from 'pg';
import { ok } from './phone.ts';
import type { RunningTown } from './town.ts';

type Proof = AnswerOf<Routes['listProofs']>['proofs'][number];

/**
 * Decides cases of a demo, where one person is enough: the bank bears the first loss that there is,
 * and the first payee bears his own. The others stay open.
 */
export async function decideCases(town: RunningTown): Promise<void> {
  await mayDecide(town);
  const token = () => town.bank.token('operator', ['user', 'pay_admin', 'risk']);
  const operator = createClient({ baseUrl: town.bank.url, token });
  const { proofs } = ok(await operator.listProofs());
  const decide = async ({ proof_id }: Proof, loss: 'bank' | 'payee') => {
    const body = { loss, account: 'keep', reason: 'Both phones were his.' } as const;
    return operator.decideCase({ params: { proof_id }, body });
  };
  let paid: Proof | undefined;
  for (const proof of proofs) {
    if (!(await decide(proof, 'bank')).ok) continue;
    paid = proof;
    break;
  }
  const other = proofs.find((proof) => proof !== paid);
  if (paid === undefined || other === undefined) throw new Error('There is no loss to bear.');
  ok(await decide(other, 'payee'));
}

async function mayDecide({ home }: RunningTown): Promise<void> {
  const owner = new pg.Client({ connectionString: home.url });
  await owner.connect();
  try {
    await owner.query(
      `insert into account_roles (account_id, role, granted_at)
        select id, 'risk', created_at from accounts where public_id = 'operator'`,
    );
  } finally {
    await owner.end();
  }
}
