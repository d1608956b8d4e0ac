import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolled } from '../http/phone.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

async function mailed(account: string) {
  const { rows } = await running.ownerPool.query<{ template: string }>(
    `select m.template from mails m join accounts a on a.id = m.account_id
     where a.public_id = $1 order by m.id`,
    [account],
  );
  return rows.map(({ template }) => template);
}

test('whoever enrols a phone, its owner is told by mail, once for each phone', async () => {
  const client = running.client('ayesha');
  const { enrolment } = await enrolled(client, 'ayesha', 'payer');
  expect(await mailed('ayesha')).toEqual(['device_enrolled']);
  const again = await client.enrolDevice({ body: { enrolment } });
  expect(again).toMatchObject({ ok: true, status: 200 });
  expect(await mailed('ayesha')).toEqual(['device_enrolled']);
  await enrolled(client, 'ayesha', 'both');
  expect(await mailed('ayesha')).toEqual(['device_enrolled', 'device_enrolled']);
});
