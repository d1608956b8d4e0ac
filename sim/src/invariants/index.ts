import type { BankView } from '../bank/port.ts';
import type { Invariants, Truth, Violation } from '../truth.ts';
import { answers } from './answers.ts';
import { conservation, reservations, wallets } from './books.ts';
import { keyPayments, offlineWallets } from './by-key.ts';
import { finality, idempotence, reference, signed } from './finality.ts';
import { extras, refunds, releases } from './life.ts';
import { accepted, acceptance, bulletins, honestJournals, lossBound } from './offline.ts';
import { proofs, returns } from './proofs.ts';
import { refundAnswers } from './refund-answers.ts';
import { orderMoney, orders } from './orders.ts';
import type { Look } from './seen.ts';
import { createSeen, lookAt } from './seen.ts';
import { signatures } from './signatures.ts';
import { statuses } from './statuses.ts';

type Check = (look: Look) => readonly string[];

/** By name, in the order in which they are looked at. */
const CHECKS: Readonly<Record<string, Check>> = {
  conservation,
  reservations,
  wallets,
  offlineWallets,
  finality,
  signed,
  signatures,
  idempotence,
  answers,
  reference,
  honestJournals,
  bulletins,
  acceptance,
  lossBound,
  accepted,
  proofs,
  returns,
  releases,
  extras,
  refunds,
  refundAnswers,
  keyPayments,
  orders,
  orderMoney,
  statuses,
};

export const INVARIANT_NAMES: readonly string[] = Object.keys(CHECKS);

/** Everything that the specification promises, checked over what truly happened. */
export function createInvariants(): Invariants {
  const seen = createSeen();
  const look = (truth: Truth, view: BankView, atEnd: boolean): readonly Violation[] => {
    const looking = lookAt({ truth, view, seen, atEnd });
    const found = Object.entries(CHECKS).flatMap(([invariant, check]) => {
      return check(looking).map((detail) => ({ invariant, detail }));
    });
    seen.lookedAt = view.now;
    return found;
  };
  return {
    afterEvent: (truth, view) => look(truth, view, false),
    atEnd: (truth, view) => look(truth, view, true),
  };
}
