import { describe, expect, it } from 'vitest';
import { judge, JUDGE_CODES, keyHash, PROTOCOL_CODES, RULES } from '../../src/index.ts';
import type {
  Allowance,
  Bulletin,
  JudgeCode,
  JudgeContext,
  KnownDocument,
  Neighbours,
  Payment,
  Target,
} from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import { rawPacket } from '../cases/raw.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW, PAYEE_WALLET, PKR, USD } from '../support/scene.ts';

/**
 * A payment that breaks the rules of two codes gets the code that comes first in spec/judge.md §2,
 * for every pair of codes that one payment can break.
 */
const verifier = nodeVerifier();
const scene = await scenery.freshScene();

type As = 'payer' | 'payee' | 'bank' | 'observer';
type Broken = ReadonlySet<JudgeCode>;

const SIGNATURES = [
  'issuer_unknown',
  'issuer_signature_invalid',
  'payer_signature_invalid',
] as const;
const KNOWN = ['duplicate', 'double_spend', 'contradiction'] as const;
const ALLOWANCE = ['over_per_payment', 'over_limit', 'over_count', 'totals_inconsistent'] as const;
const ADDRESS = [
  'wrong_payee',
  'wrong_mode',
  'wrong_bind',
  'request_expired',
  'request_already_paid',
] as const;
const PHONE: readonly JudgeCode[] = [
  'malformed',
  ...SIGNATURES,
  ...KNOWN,
  ...ADDRESS,
  'wrong_currency',
  'amount_zero',
  'wrong_amount',
  ...ALLOWANCE,
  'not_yet_valid',
  'expired',
  'version_too_low',
  'allowance_revoked',
  'device_revoked',
  'credential_revoked',
];

/** The codes that each context can answer with (spec/judge.md §2, "Which rules speak where"). */
const CODES: Readonly<Record<As, readonly JudgeCode[]>> = {
  payer: PHONE,
  payee: PHONE,
  bank: [
    'malformed',
    'issuer_unknown',
    'issuer_signature_invalid',
    'allowance_unknown',
    'payer_signature_invalid',
    ...KNOWN,
    'wrong_payee',
    'wrong_currency',
    'amount_zero',
    ...ALLOWANCE,
    'claim_window_closed',
  ],
  observer: ['malformed', ...SIGNATURES, ...KNOWN, 'wrong_currency', 'amount_zero', ...ALLOWANCE],
};

/** Two codes that no one payment can earn at once: the second needs what the first takes away. */
const IMPOSSIBLE: readonly (readonly [JudgeCode, JudgeCode])[] = [
  // Nothing cannot be more than something.
  ['amount_zero', 'over_per_payment'],
  // Spent is then the amount, so over the limit is over the payment's own bound.
  ['over_limit', 'totals_inconsistent'],
  // from ≤ until.
  ['not_yet_valid', 'expired'],
];

const LIMIT = 400_000n;
const PER_PAYMENT = 200_000n;

function allowanceOf(broken: Broken): Partial<Allowance> {
  const early = broken.has('not_yet_valid');
  return {
    limitMinor: LIMIT,
    perPaymentMinor: PER_PAYMENT,
    count: 3,
    from: early ? NOW + 2 * DAY : NOW - 30 * DAY,
    until: broken.has('expired') ? NOW - DAY : NOW + 10 * DAY,
    claimUntil: broken.has('claim_window_closed') ? NOW + 10 * DAY : NOW + 20 * DAY,
    minVersion: broken.has('version_too_low') ? 2 : 1,
  };
}

/** The second payment under the allowance. */
function paymentOf(broken: Broken, bind: Uint8Array): Partial<Payment> {
  const amountMinor = broken.has('amount_zero')
    ? 0n
    : broken.has('over_per_payment')
      ? PER_PAYMENT + 1n
      : 45_000n;
  const spentMinor = broken.has('over_limit') ? LIMIT + 1n : amountMinor + 30_000n;
  return {
    sequence: broken.has('over_count') ? 4 : 2,
    amountMinor,
    spentMinor: broken.has('totals_inconsistent') ? amountMinor : spentMinor,
    previous: bytesOf('the first payment'),
    currency: broken.has('wrong_currency') ? USD : PKR,
    payeeWallet: broken.has('wrong_payee') ? scenery.OTHER_WALLET : PAYEE_WALLET,
    mode: broken.has('wrong_mode') ? 'static' : 'dynamic',
    bind: broken.has('wrong_bind') ? bytesOf('another request') : bind,
  };
}

function targetOf(broken: Broken, bind: Uint8Array, amountMinor: bigint): Target {
  return {
    wallet: PAYEE_WALLET,
    credentialId: bytesOf('credential'),
    currency: PKR,
    mode: 'dynamic',
    bind,
    amountMinor: broken.has('wrong_amount') ? amountMinor + 1n : amountMinor,
    until: broken.has('request_expired') ? NOW - 1 : NOW + 600,
    paidBy: broken.has('request_already_paid') ? bytesOf('another payment') : undefined,
  };
}

function knownOf(broken: Broken, { sequence }: Payment): Neighbours {
  const document = (changes: Partial<KnownDocument>): KnownDocument => ({
    id: bytesOf('known'),
    sequence,
    amountMinor: 30_000n,
    spentMinor: 30_000n,
    previous: bytesOf('allowance'),
    ...changes,
  });
  const before = document({ sequence: sequence - 1, spentMinor: LIMIT * 2n });
  return {
    firstAnswer: broken.has('duplicate') ? 'settled' : undefined,
    same: broken.has('double_spend') ? document({}) : undefined,
    before: broken.has('contradiction') ? before : undefined,
  };
}

async function verdictOf(as: As, codes: readonly JudgeCode[]): Promise<string> {
  const broken: Broken = new Set(codes);
  const bind = bytesOf('the request');
  const under = await scenery.allowance(scene, allowanceOf(broken));
  const paid = await scenery.payment(scene, under, paymentOf(broken, bind));
  const spoil = (when: JudgeCode, signature: Uint8Array): Uint8Array =>
    broken.has(when) ? scenery.broken(signature) : signature;
  const packet = rawPacket(
    2,
    { ...under, signature: spoil('issuer_signature_invalid', under.signature) },
    { ...paid, signature: spoil('payer_signature_invalid', paid.signature) },
  );
  const bytes = broken.has('malformed') ? packet.slice(0, -1) : packet;
  const issuers = broken.has('issuer_unknown') ? new Map() : scene.issuers;
  const context = contextOf(as, broken, paid.fields, {
    target: targetOf(broken, bind, paid.fields.amountMinor),
    bulletin: bulletinOf(broken, scenery.idOf(under)),
  });
  return (await judge(bytes, { ...context, issuers, verifier })).code;
}

function bulletinOf(broken: Broken, allowanceId: Uint8Array): Bulletin {
  const listed = (when: JudgeCode, id: Uint8Array): Uint8Array[] => (broken.has(when) ? [id] : []);
  const { suite, publicKey } = scene.payer;
  return scenery.bulletinFields({
    revokedAllowances: listed('allowance_revoked', allowanceId),
    revokedDevices: listed('device_revoked', keyHash(suite, publicKey)),
    revokedCredentials: listed('credential_revoked', bytesOf('credential')),
  });
}

function contextOf(
  as: As,
  broken: Broken,
  paid: Payment,
  { target, bulletin }: { readonly target: Target; readonly bulletin: Bulletin },
): JudgeContext {
  const known = knownOf(broken, paid);
  switch (as) {
    case 'payer':
    case 'payee':
      return { as, target, bulletin, bankTime: NOW, known };
    case 'bank':
      return {
        as,
        allowanceKnown: !broken.has('allowance_unknown'),
        payee: broken.has('wrong_payee') ? undefined : { currency: PKR },
        receivedAt: NOW + 15 * DAY,
        known,
      };
    case 'observer':
      return { as, known };
  }
}

const inOrder = (code: JudgeCode): number => JUDGE_CODES.indexOf(code);

describe.each(Object.entries(CODES))('to the %s', (name, codes) => {
  const as = name as As;
  const pairs = codes.flatMap((first, i) =>
    codes.slice(i + 1).map((then) => [first, then] as const),
  );
  const possible = pairs.filter(
    ([a, b]) => !IMPOSSIBLE.some(([c, d]) => (a === c && b === d) || (a === d && b === c)),
  );

  it('a payment that breaks nothing is acceptable', async () => {
    expect(await verdictOf(as, [])).toBe('acceptable');
  });

  it.each(codes)('one that breaks only %s gets that code', async (code) => {
    expect(await verdictOf(as, [code])).toBe(code);
  });

  it(`of two codes the first is given, for ${possible.length} pairs`, async () => {
    const wrong: unknown[] = [];
    for (const [a, b] of possible) {
      const want = inOrder(a) < inOrder(b) ? a : b;
      const got = await verdictOf(as, [b, a]);
      if (got !== want) wrong.push({ a, b, got });
    }
    expect(wrong).toEqual([]);
  });
});

describe('the table of rules', () => {
  it('is in the order of the codes, which is that of the specification', () => {
    const codes = RULES.map(({ code }) => code);
    expect(codes).toEqual([...codes].sort((a, b) => inOrder(a) - inOrder(b)));
    expect(RULES.map(({ rule }) => rule)).toEqual(
      RULES.map(({ rule }) => rule).sort((a, b) => a - b),
    );
    expect(JUDGE_CODES).toEqual(PROTOCOL_CODES.filter((code) => !code.includes('/')));
  });

  it('never asks the bank for a clock of the phone, `until` or a revocation', async () => {
    const harmless: readonly JudgeCode[] = [
      'not_yet_valid',
      'version_too_low',
      'allowance_revoked',
      'device_revoked',
      'request_expired',
      'request_already_paid',
      'wrong_amount',
      'wrong_mode',
      'wrong_bind',
    ];
    for (const code of harmless) expect(await verdictOf('bank', [code]), code).toBe('acceptable');
    expect(await verdictOf('bank', ['expired'])).toBe('acceptable');
  });
});
