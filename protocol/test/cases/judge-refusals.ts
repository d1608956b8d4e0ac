import { encodePacket, hex, keyHash, signDocument } from '../../src/index.ts';
import type { Bulletin, Payment } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW } from '../support/scene.ts';
import { json } from './case.ts';
import type { VectorRow } from './case.ts';
import { at, bank, observer, payee, payer, refusal, scene } from './judge-story.ts';
import type { Changes, Story } from './judge-story.ts';

export async function addressed(story: Story): Promise<readonly VectorRow[]> {
  const { printedId, printedPacket } = story;
  const till = { as: 'payee', ...at(printedPacket) };
  const paidBy = hex(bytesOf('another payment'));
  return Promise.all([
    refusal(story, ['wrong-payee', 'wrong_payee', "Another payee's wallet."], payee(story), {
      payeeWallet: scenery.OTHER_WALLET,
    }),
    refusal(
      story,
      ['wrong-payee-payer', 'wrong_payee', 'The same, seen by the payer.'],
      payer(story),
      {
        payeeWallet: scenery.OTHER_WALLET,
      },
    ),
    refusal(
      story,
      ['wrong-payee-bank', 'wrong_payee', 'The bank has no such wallet.'],
      json({ ...bank(), payeeCurrency: undefined }),
    ),
    refusal(
      story,
      ['wrong-mode-static', 'wrong_mode', 'A payment for a printed code, shown for a request.'],
      payee(story),
      { mode: 'static' },
    ),
    refusal(
      story,
      ['wrong-mode-dynamic', 'wrong_mode', 'A payment for a request, shown to a printed code.'],
      till,
    ),
    refusal(
      story,
      ['wrong-bind', 'wrong_bind', 'For another request of the same wallet.'],
      payee(story),
      {
        bind: bytesOf('another request'),
      },
    ),
    refusal(
      story,
      ['wrong-bind-till', 'wrong_bind', 'For the printed code of another till.'],
      till,
      {
        mode: 'static',
        bind: bytesOf('another till'),
      },
    ),
    refusal(
      story,
      ['wrong-bind-credential', 'wrong_bind', 'Bound to the credential in place of the request.'],
      payee(story),
      { bind: story.credentialId },
    ),
    refusal(
      story,
      ['request-expired', 'request_expired', 'A second late.'],
      payee(story, {
        bankTime: NOW + 601,
      }),
    ),
    refusal(
      story,
      ['request-already-paid', 'request_already_paid', 'By another payment.'],
      payee(story, { paidBy }),
    ),
    refusal(
      story,
      ['request-already-paid-payer', 'request_already_paid', 'The payer paid it before.'],
      payer(story, { paidBy }),
    ),
    refusal(
      story,
      ['payee-before-mode', 'wrong_payee', 'Wrong in all of rule 7: the first code.'],
      payee(story, {
        bankTime: NOW + 601,
        paidBy,
      }),
      { payeeWallet: scenery.OTHER_WALLET, mode: 'static', bind: printedId },
    ),
  ]);
}

export async function amounts(story: Story): Promise<readonly VectorRow[]> {
  const open = observer();
  const first = { sequence: 4 };
  return Promise.all([
    refusal(story, ['wrong-currency', 'wrong_currency', "Not the allowance's."], open, {
      currency: scenery.USD,
    }),
    refusal(
      story,
      ['wrong-currency-bank', 'wrong_currency', "Not the payee wallet's."],
      bank({
        payeeCurrency: scenery.USD,
      }),
    ),
    refusal(story, ['amount-zero', 'amount_zero', 'Nothing paid: judged, not malformed.'], open, {
      amountMinor: 0n,
    }),
    refusal(
      story,
      ['amount-zero-nothing-spent', 'amount_zero', 'Nothing paid and nothing spent.'],
      open,
      {
        amountMinor: 0n,
        spentMinor: 0n,
      },
    ),
    refusal(story, ['wrong-amount', 'wrong_amount', 'A rupee less than asked.'], payee(story), {
      amountMinor: 44_900n,
      spentMinor: 44_900n,
    }),
    refusal(
      story,
      ['wrong-amount-payer', 'wrong_amount', 'A rupee more than asked.'],
      payer(story),
      {
        amountMinor: 45_100n,
        spentMinor: 45_100n,
      },
    ),
    refusal(story, ['over-per-payment', 'over_per_payment', 'One minor unit over.'], open, {
      amountMinor: 500_001n,
      spentMinor: 500_001n,
    }),
    refusal(story, ['over-limit', 'over_limit', 'One minor unit over in all.'], open, {
      sequence: 9,
      spentMinor: 2_000_001n,
    }),
    refusal(story, ['over-count', 'over_count', 'The 21st of 20 payments.'], open, {
      sequence: 24,
      spentMinor: 90_000n,
    }),
    refusal(story, ['under-count', 'over_count', 'Before the first sequence.'], open, {
      sequence: 3,
    }),
    refusal(
      story,
      ['totals-first-spent', 'totals_inconsistent', 'A first payment after which more is spent.'],
      open,
      {
        ...first,
        spentMinor: 45_001n,
      },
    ),
    refusal(
      story,
      ['totals-first-previous', 'totals_inconsistent', 'A first payment with a predecessor.'],
      open,
      {
        ...first,
        previous: bytesOf('a payment'),
      },
    ),
    refusal(
      story,
      ['totals-later', 'totals_inconsistent', 'A later payment before which nothing was spent.'],
      open,
      {
        sequence: 5,
      },
    ),
  ]);
}

export async function times(story: Story): Promise<readonly VectorRow[]> {
  const later = { as: 'payee', ...at(story.printedPacket) };
  const changes: Changes<Payment> = { mode: 'static', bind: story.printedId };
  const from = NOW - 2 * DAY;
  const until = NOW + 12 * DAY;
  return Promise.all([
    refusal(
      story,
      ['not-yet-valid', 'not_yet_valid', 'More than a day before from.'],
      {
        ...later,
        bankTime: from - DAY - 1,
      },
      changes,
    ),
    refusal(
      story,
      ['expired', 'expired', 'A second after until.'],
      {
        ...later,
        bankTime: until + 1,
      },
      changes,
    ),
    refusal(
      story,
      ['claim-window-closed', 'claim_window_closed', 'Received a second late.'],
      bank({
        receivedAt: NOW + 26 * DAY + 1,
      }),
    ),
    refusal(
      story,
      ['request-expired-before-expired', 'request_expired', 'Rule 7 before rule 9.'],
      payee(story, {
        bankTime: until + 1,
      }),
    ),
  ]);
}

export async function revoked(story: Story): Promise<readonly VectorRow[]> {
  const { under, credentialId } = story;
  const allowanceId = scenery.idOf(under);
  const device = keyHash(under.fields.suite, under.fields.publicKey);
  const all: Changes<Bulletin> = {
    revokedAllowances: [bytesOf('an allowance'), allowanceId],
    revokedDevices: [device],
    revokedCredentials: [credentialId],
  };
  const at = async (changes: Changes<Bulletin>) => ({ bulletin: await bulletinOf(changes) });
  return Promise.all([
    refusal(
      story,
      ['version-too-low', 'version_too_low', 'The bulletin asks for a newer version.'],
      payee(story, await at({ ...all, minVersion: 2 })),
    ),
    refusal(
      story,
      ['version-too-low-software', 'version_too_low', 'Software of version 0.'],
      payer(story, { supportedVersion: 0 }),
    ),
    refusal(
      story,
      ['allowance-revoked', 'allowance_revoked', 'The second of two.'],
      payee(story, await at(all)),
    ),
    refusal(
      story,
      ['device-revoked', 'device_revoked', "The payer's device."],
      payee(
        story,
        await at({
          revokedDevices: [device],
        }),
      ),
    ),
    refusal(
      story,
      ['credential-revoked-payee', 'credential_revoked', "The payee's own credential."],
      payee(story, await at({ revokedCredentials: [credentialId] })),
    ),
    refusal(
      story,
      ['credential-revoked', 'credential_revoked', "The payee's credential."],
      payer(
        story,
        await at({
          revokedCredentials: [credentialId],
        }),
      ),
    ),
  ]);
}

export async function bulletinOf(changes: Changes<Bulletin>): Promise<string> {
  const document = await signDocument(scenery.bulletinFields(changes), scene.issuer);
  return hex(encodePacket({ kind: 'document', document }));
}
