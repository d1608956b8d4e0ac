import { short, codeOf, perhapsCrash, pickPayee, pickPayer } from './act.ts';
import type { Act } from './act.ts';
import { requestAllowance, settleIn } from './keep.ts';
import { keepsEvidence, payerHasReason, tillHasReason } from './reasons.ts';
import type { Phone } from '../phone.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

const DAY = 86_400;

/** What is shown on one phone and scanned by others, now and later. */
export interface Shown {
  readonly paymentId: string;
  readonly text: string;
  readonly payer: Phone;
}

/** A request, a payment, an acceptance, a receipt: whatever can go wrong between two people. */
export const trade: Act = async (world, random) => {
  const payer = world.phoneOf(pickPayer(world, random).account);
  const payee = world.phoneOf(pickPayee(world, random, payer.account).account);
  perhapsCrash(payee, random);
  return `${payer.name} to ${payee.name}: ${await tradeBetween(world, random, { payer, payee })}`;
};

/** A printed code on the counter, paid by anybody, shown to the till whenever. */
export const tradePrinted: Act = async (world, random) => {
  const payer = world.phoneOf(pickPayer(world, random).account);
  const payee = world.phoneOf(pickPayee(world, random, payer.account).account);
  const code = await payee.use((till) => till.payee.printedCode());
  world.counters.count(`printed.${codeOf(code)}`);
  if (code?.ok !== true) return `${payee.name}: no printed code, ${codeOf(code)}`;
  const amountMinor = drawAmount(world, random);
  const shown = await payAt(world, random, { payer, request: code.text, amountMinor });
  if (typeof shown === 'string') return `${payer.name}: ${shown}`;
  const said = await hand(world, random, shown, payee);
  return `${payer.name} printed ${short(shown.paymentId)}: ${said}`;
};

/** One request paid by two people at once: the second is refused, and refunded if it settles. */
export const tradeTwice: Act = async (world, random) => {
  const first = world.phoneOf(pickPayer(world, random).account);
  const second = world.phoneOf(pickPayer(world, random).account);
  const payee = world.phoneOf(pickPayee(world, random, first.account).account);
  const amountMinor = drawAmount(world, random);
  const request = await payee.use((till) => till.payee.createRequest({ amountMinor }));
  if (request?.ok !== true) return `${payee.name}: no request, ${codeOf(request)}`;
  const lines: string[] = [];
  for (const payer of [first, second]) {
    const shown = await payAt(world, random, { payer, request: request.text, amountMinor });
    const isFresh = lines.length === 0;
    lines.push(
      typeof shown === 'string' ? shown : await hand(world, random, shown, payee, { isFresh }),
    );
  }
  return `${first.name} and ${second.name} to ${payee.name}: ${lines.join(', ')}`;
};

/** Two processes of one wallet pay one request at once: one payment comes of it. */
export const tradeInTwoTabs: Act = async (world, random) => {
  const payer = world.phoneOf(pickPayer(world, random).account);
  const payee = world.phoneOf(pickPayee(world, random, payer.account).account);
  const amountMinor = drawAmount(world, random);
  const request = await payee.use((till) => till.payee.createRequest({ amountMinor }));
  if (request?.ok !== true) return `${payee.name}: no request, ${codeOf(request)}`;
  const tab = await payer.another();
  const answers = await payer.use(async (here) =>
    Promise.all([here.payer.pay(request.text), tab?.payer.pay(request.text)]),
  );
  const [one, two] = answers ?? [];
  world.counters.count(`tabs.${codeOf(one)}.${codeOf(two)}`);
  if (one?.ok !== true) return `${payer.name} in two tabs: ${codeOf(one)}, ${codeOf(two)}`;
  const shown = note(payer, one);
  return `${payer.name} in two tabs: ${codeOf(two)}, ${await hand(world, random, shown, payee)}`;
};

export async function tradeBetween(
  world: World,
  random: Random,
  { payer, payee }: { readonly payer: Phone; readonly payee: Phone },
): Promise<string> {
  const amountMinor = drawAmount(world, random);
  const isOpen = random.chance(0.2);
  const validFor = random.chance(0.8) ? 600 : random.between(60, DAY);
  const request = await payee.use((till) =>
    till.payee.createRequest({ amountMinor: isOpen ? 'open' : amountMinor, validFor }),
  );
  if (request?.ok !== true) return `no request, ${codeOf(request)}`;
  perhapsCrash(payer, random);
  const chosen = isOpen ? { amountMinor } : { asked: amountMinor };
  const paid = { payer, request: request.text, ...chosen };
  const shown = await payAt(world, random, paid);
  if (typeof shown === 'string') return shown;
  if (random.chance(0.1)) return `${short(shown.paymentId)} ${misses(world, random, shown, payee)}`;
  perhapsCrash(payee, random);
  return `${short(shown.paymentId)} ${await hand(world, random, shown, payee)}`;
}

interface Paying {
  readonly payer: Phone;
  readonly request: string;
  readonly amountMinor?: bigint;
  /** What the request asks for, where the payer has no choice. */
  readonly asked?: bigint;
}

/** Pays, and asks again where the phone died over it: then the payment made comes up. */
async function payAt(world: World, random: Random, paying: Paying): Promise<Shown | string> {
  const { payer, request, amountMinor, asked = amountMinor ?? 0n } = paying;
  const options = amountMinor === undefined ? {} : { amountMinor };
  const answer = await payer.use((phone) => phone.payer.pay(request, options));
  world.counters.count(`pay.${codeOf(answer)}`);
  if (answer?.ok === true) {
    if (random.chance(0.9)) return note(payer, answer);
    const again = await payer.use((phone) => phone.payer.pay(request, options));
    world.counters.count(`pay-again.${codeOf(again)}`);
    return note(payer, answer);
  }
  if (answer !== undefined) {
    await payerHasReason(world, payer, { amountMinor: asked, code: answer.code });
    return `not paid, ${answer.code}${await getOnline(world, random, payer, answer.code)}`;
  }
  const again = await payer.use((phone) => phone.payer.pay(request, options));
  world.counters.count(`pay-after-death.${codeOf(again)}`);
  if (again === undefined) return 'not paid, died twice';
  const made = again.ok ? again : again.payment;
  return made === undefined ? `not paid after death, ${codeOf(again)}` : note(payer, made);
}

/** Refusals after which a person asks the bank for another allowance. */
const SPENT = new Set(['expired', 'over_limit', 'over_count', 'wallet/no_allowance']);
/** Refusals that only another phone helps against. */
const STOPPED = new Set(['wallet/spending_stopped', 'device_revoked']);

/** What somebody does whose phone says that it cannot pay any more. */
async function getOnline(
  world: World,
  random: Random,
  payer: Phone,
  code: string,
): Promise<string> {
  const plan = world.parties.find(({ account }) => account === payer.account);
  if (plan === undefined) return '';
  if (SPENT.has(code)) return `, then ${await requestAllowance(world, random, payer)}`;
  const isNew = STOPPED.has(code) && payer === world.phoneOf(payer.account);
  if (!isNew && code !== 'wallet/not_enrolled') return '';
  if (isNew) world.buyPhone(plan);
  return `, then ${await settleIn(world, random, plan)}`;
}

function note(payer: Phone, { paymentId, text }: Omit<Shown, 'payer'>): Shown {
  payer.shown.add(paymentId);
  return { paymentId, text, payer };
}

/** The payee never saw it, or sees it much later; the payer may note that it was not taken. */
function misses(world: World, random: Random, shown: Shown, payee: Phone): string {
  world.counters.count('trade.not-scanned');
  if (random.chance(0.5)) {
    world.later(random.between(60, 2 * DAY), 'scan late', async () => {
      world.counters.count('trade.scanned-late');
      return hand(world, random.fork('late'), shown, payee, { isFresh: false });
    });
  }
  if (random.chance(0.4)) {
    world.later(random.between(10, DAY), 'withhold', async () => {
      const answer = await shown.payer.use((phone) => phone.payer.withhold(shown.paymentId));
      world.counters.count(`withhold.${codeOf(answer)}`);
      return codeOf(answer);
    });
  }
  return 'not scanned';
}

/** The payee scans it, perhaps twice, perhaps another till too; the payer takes the receipt. */
export async function hand(
  world: World,
  random: Random,
  shown: Shown,
  payee: Phone,
  { isFresh = true }: { readonly isFresh?: boolean } = {},
): Promise<string> {
  const answer = await scan(world, shown, payee);
  if (isFresh) await tillHasReason(world, { ...shown, payee }, answer);
  if (random.chance(0.1)) {
    const other = random.chance(0.5) ? payee : world.phoneOf(pickPayee(world, random).account);
    world.later(random.between(1, 5 * DAY), 'photograph', async () => {
      world.counters.count('trade.photograph');
      return codeOf(await scan(world, shown, other));
    });
  }
  if (answer?.ok !== true) return codeOf(answer);
  if (!random.chance(0.8)) return answer.verdict;
  perhapsCrash(shown.payer, random);
  const receipt = await shown.payer.use((phone) => phone.payer.acceptReceipt(answer.receiptText));
  world.counters.count(`receipt.${codeOf(receipt)}`);
  return `${answer.verdict}, receipt ${codeOf(receipt)}`;
}

async function scan(world: World, shown: Shown, payee: Phone) {
  const answer = await payee.use((till) => till.payee.accept(shown.text));
  world.counters.count(`accept.${answer?.ok === true ? answer.verdict : codeOf(answer)}`);
  if (answer?.ok === false) {
    await keepsEvidence(world, payee, { paymentId: shown.paymentId, code: answer.code });
  }
  if (answer?.ok !== true) return answer;
  const { paymentId, verdict } = answer;
  if (verdict === 'accepted' && payee.answered.has(paymentId)) {
    const detail = `${payee.name} took ${paymentId} once more`;
    world.report({ invariant: 'accepted-once', detail });
  }
  payee.answered.add(paymentId);
  return answer;
}

/** Small change mostly, now and then more than one payment may be. */
export function drawAmount({ policy }: World, random: Random): bigint {
  const most = Number(policy.perPaymentMinor);
  if (random.chance(0.05)) return BigInt(random.between(most, most * 2));
  return BigInt(random.between(1, random.chance(0.7) ? Math.ceil(most / 4) : most));
}
