import { documentId, encodePayload } from '@sikka/protocol';
import { pickPayee } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { addressedTo, honestNext, present, purseOfThief, readRequest, signRaw } from './raw.ts';
import type { Purse } from './raw.ts';

/** An allowance of its own making: its own key and ten times the limit, signed by no bank. */
export const mint: Act = async (world, random) => {
  const own = await purseOfThief(world, random);
  if (typeof own === 'string') return own;
  const purse = minted(own);
  const payee = world.phoneOf(pickPayee(world, random, own.account).account);
  const amountMinor = BigInt(random.between(1, 3_000));
  const request = await readRequest(payee, amountMinor);
  if (request === undefined) return `${payee.name}: no request`;
  const counted = honestNext(purse, amountMinor);
  const packet = await signRaw(world, random, { purse, to: addressedTo(request), counted });
  world.counters.count('thief.mint');
  const word = await present(world, { request, payee, packet });
  await world.handIn(own.account, [packet]);
  return `${own.account} to ${payee.name}: ${word}`;
};

function minted(own: Purse): Purse {
  const { allowance } = own;
  const fields = { ...allowance.fields, limitMinor: allowance.fields.limitMinor * 10n };
  const payload = encodePayload(fields);
  const head = documentId({ type: 'allowance', suite: allowance.suite }, payload);
  return {
    ...own,
    allowance: { ...allowance, fields, payload },
    allowanceId: head,
    lastSequence: fields.firstSequence - 1,
    spentMinor: 0n,
    head,
  };
}
