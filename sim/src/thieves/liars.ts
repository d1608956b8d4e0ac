import {
  decodePacketOfKind,
  encodePacket,
  encodePayload,
  fromHex,
  signDocument,
} from '@sikka/protocol';
import { codeOf, pickPayee, pickThief, short } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import type { SignedPayment } from '../truth.ts';
import {
  addressedNowhere,
  addressedTo,
  friendOf,
  honestNext,
  idOfPayment,
  present,
  purseOf,
  purseOfThief,
  readRequest,
  signRaw,
} from './raw.ts';
import type { Counted } from './raw.ts';
import { credentialOf } from './refunds.ts';

/** The next payment as it should be; after it one with another past, or that skips some money. */
export const forkThePast: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const friend = friendOf(world, random, purse.account);
  const first = honestNext(purse, BigInt(random.between(1, 1_000)));
  const amountMinor = BigInt(random.between(1, 1_000));
  const sign = (counted: Counted) =>
    signRaw(world, random, { purse, to: addressedNowhere(friend.wallet, random), counted });
  const packets = [await sign(first)];
  const [past] = packets.map(idOfPayment);
  const isPastWrong = random.chance(0.5);
  const second = {
    ...{ sequence: first.sequence + 1, amountMinor },
    previous: isPastWrong || past === undefined ? random.randomBytes(32) : fromHex(past),
    spentMinor: first.spentMinor + amountMinor + (isPastWrong ? 0n : 1n),
  };
  packets.push(await sign(second));
  world.counters.count('thief.fork-the-past');
  for (const packet of random.chance(0.5) ? packets : packets.reverse()) {
    await world.handIn(purse.account, [packet]);
  }
  return `${purse.account}: two, of which one has no past`;
};

/** One request of a till, paid with two payments that are both good. */
export const payTwice: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const payee = world.phoneOf(pickPayee(world, random, thief.account).account);
  const purse = await purseOf(world.phoneOf(thief.account), random);
  const amountMinor = BigInt(random.between(1, 1_000));
  const request = await readRequest(payee, amountMinor);
  if (purse === undefined || request === undefined) return 'no allowance, or no request';
  const first = honestNext(purse, amountMinor);
  const packet = await signRaw(world, random, { purse, to: addressedTo(request), counted: first });
  const second = {
    ...{ sequence: first.sequence + 1, amountMinor, previous: decoded(packet).paymentId },
    spentMinor: first.spentMinor + amountMinor,
  };
  const words: string[] = [];
  words.push(await present(world, { request, payee, packet }));
  const again = await signRaw(world, random, { purse, to: addressedTo(request), counted: second });
  // In the clear: the till has forgotten the key of a request that is paid.
  const answer = await payee.use((till) => till.payee.accept(again));
  if (answer?.ok === true) payee.answered.add(answer.paymentId);
  words.push(codeOf(answer));
  world.counters.count('thief.pay-twice');
  return `${thief.account} to ${payee.name}: ${words.join(', then ')}`;
};

function decoded(packet: Uint8Array) {
  const read = decodePacketOfKind('payment', packet);
  if (!read.ok) throw new Error('A payment of the thief is none.');
  return read.value;
}

/** Somebody else's "I sign no more", signed by the thief. */
export const forgeReturn: Act = async (world, random) => {
  const thief = pickThief(world, random);
  const others = [...world.recorder.truth.signed.values()].filter(
    ({ by }) => by !== thief?.account,
  );
  const { signer } = thief === undefined ? {} : world.phoneOf(thief.account).vault;
  if (thief === undefined || others.length === 0 || signer === undefined) return 'nobody to forge';
  const { allowance, allowanceId } = decoded(random.pick(others).packet);
  const { firstSequence, journalNonce } = allowance.fields;
  const nothing = { lastSequence: firstSequence - 1, totalMinor: 0n, head: allowanceId };
  const fields = { type: 'return', ...nothing, journalNonce } as const;
  const made = await signDocument(fields, signer, allowanceId);
  await world.handIn(thief.account, [encodePacket({ kind: 'return', allowance, return: made })]);
  world.counters.count('thief.forged-return');
  return thief.account;
};

/** A receipt that the payee of the payment never gave: other words, or somebody else's. */
export const showFalseReceipt: Act = async (world, random) => {
  const thief = pickThief(world, random);
  const payments = [...world.recorder.truth.signed.values()];
  if (thief === undefined || payments.length === 0) return 'no thief, or nothing paid';
  const payment = random.pick(payments);
  const payee = ownerOf(payment, world.recorder.truth.parties.values());
  const liar = world.phoneOf(thief.account);
  // Its own credential, or the real payee's, whose key the thief does not have.
  const of = random.chance(0.5) && payee !== undefined ? world.phoneOf(payee) : liar;
  const held = await credentialOf(of);
  const { signer } = liar.vault;
  if (held === undefined || signer === undefined) return 'no credential';
  const receipt = await signDocument(
    {
      ...({ type: 'receipt', paymentId: fromHex(payment.id), verdict: 'accepted' } as const),
      // No receipt is of nothing, which a thief may have signed.
      amountMinor: payment.amountMinor + BigInt(payment.amountMinor === 0n || random.chance(0.3)),
      ...{ time: world.time.now, bulletinVersion: 0 },
    },
    signer,
    held.credentialId,
  );
  const packet = encodePacket({ kind: 'receipt', credential: held.credential, receipt });
  world.counters.count('thief.false-receipt');
  const answer = await world.phoneOf(payment.by).use(({ payer }) => payer.acceptReceipt(packet));
  return `${thief.account} to ${payment.by}: ${short(payment.id)}, ${codeOf(answer)}`;
};

/** A bulletin of the past, or the newest with a higher number and nothing revoked. */
export const showFalseBulletin: Act = async (world, random) => {
  const { account } = random.pick(world.parties);
  const phone = world.phoneOf(account);
  const latest = await world.bank.client(account).getLatestBulletin();
  if (!latest.ok) return 'no bulletin';
  const { version } = latest.value;
  const isOld = random.chance(0.7);
  const asked = isOld ? random.between(1, version) : version;
  const told = await world.bank.client(account).getBulletin({ params: { version: asked } });
  if (!told.ok) return 'no such bulletin';
  const real = new Uint8Array(Buffer.from(told.value.packet, 'base64url'));
  const packet = isOld ? real : silenced(real);
  const versionOf = () =>
    phone.use(async ({ wallet }) => (await wallet.bulletins.read())?.bulletin.fields.version ?? 0);
  const before = (await versionOf()) ?? 0;
  const answer = await phone.use(({ payer }) => payer.takeBulletin(packet));
  const after = (await versionOf()) ?? before;
  world.counters.count('thief.false-bulletin');
  if (after < before || after > version) {
    const detail = `${phone.name} went from bulletin ${before} to ${after} of ${version}`;
    world.report({ invariant: 'bulletins-go-forward', detail });
  }
  return `${phone.name}: ${asked} of ${version}, ${codeOf(answer)}`;
};

/** Over the old signature. */
function silenced(packet: Uint8Array): Uint8Array {
  const decoded = decodePacketOfKind('document', packet);
  if (!decoded.ok || decoded.value.document.fields.type !== 'bulletin') return packet;
  const { document } = decoded.value;
  const { fields } = decoded.value.document;
  const silent = {
    ...{ ...fields, version: fields.version + 1 },
    ...{ revokedAllowances: [], revokedDevices: [], revokedCredentials: [] },
  };
  const forged = { ...document, fields: silent, payload: encodePayload(silent) };
  return encodePacket({ kind: 'document', document: forged });
}

function ownerOf(
  { payeeWallet }: SignedPayment,
  parties: Iterable<{ readonly account: string; readonly wallet: number }>,
): string | undefined {
  return [...parties].find(({ wallet }) => wallet === payeeWallet)?.account;
}
