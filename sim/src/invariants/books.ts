import type { Look } from './seen.ts';

/**
 * Money (spec/settlement.md §3): all accounts add up to zero, none is below its floor, and every
 * balance is what the documents explain.
 */
export function conservation({ truth, view }: Look): readonly string[] {
  const found: string[] = [];
  let [sum, entered] = [0n, 0n];
  for (const [name, balance] of view.balances) {
    sum += balance;
    if (view.mayBeNegative.has(name)) entered -= balance;
    else if (balance < 0n) found.push(`${name} stands at ${balance}`);
  }
  if (sum !== 0n) found.push(`all accounts add up to ${sum}`);
  let loaded = 0n;
  for (const { balanceMinor } of truth.parties.values()) loaded += balanceMinor;
  for (const minor of truth.orders.loaded.values()) loaded += minor;
  if (entered !== loaded) found.push(`${entered} entered the books, and ${loaded} was loaded`);
  return found;
}

/** What stands in a reservation is its limit less what was settled and released, and no less. */
export function reservations({ view }: Look): readonly string[] {
  const settled = new Map<string, bigint>();
  for (const { allowanceId, amountMinor } of view.settled) {
    settled.set(allowanceId, (settled.get(allowanceId) ?? 0n) + amountMinor);
  }
  return view.allowances.flatMap((row) => {
    const { id, limitMinor, settledMinor, releasedMinor, reservedMinor } = row;
    const paid = settled.get(id) ?? 0n;
    if (paid !== settledMinor) return [`${id}: settled ${paid}, its row says ${settledMinor}`];
    const left = limitMinor - settledMinor - releasedMinor;
    if (left !== reservedMinor) return [`${id}: ${reservedMinor} reserved instead of ${left}`];
    return left < 0n ? [`${id}: ${-left} more than its limit was paid or released`] : [];
  });
}

/** A current wallet holds what was settled to it, less refunds given, and refunds received. */
export function wallets({ truth, view }: Look): readonly string[] {
  const expected = new Map<number, bigint>();
  const add = (wallet: number | undefined, minor: bigint) => {
    if (wallet !== undefined) expected.set(wallet, (expected.get(wallet) ?? 0n) + minor);
  };
  const payers = new Map(view.allowances.map(({ id, account }) => [id, account]));
  const payments = new Map(view.settled.map((payment) => [payment.id, payment]));
  for (const { payeeWallet, amountMinor } of view.settled) add(payeeWallet, amountMinor);
  for (const { payeeWallet, amountMinor } of view.orders?.settled ?? []) {
    add(payeeWallet, amountMinor);
  }
  // A key is an address of its owner's offline wallet; what comes goes to his current one.
  for (const { payeeWallet, amountMinor } of view.keyPayments) {
    const [owner] = [...view.offlineWallets].find(([, row]) => row.number === payeeWallet) ?? [''];
    add(truth.parties.get(owner)?.wallet, amountMinor);
  }
  for (const { paymentId, amountMinor } of view.refunds) {
    const payment = payments.get(paymentId);
    add(payment?.payeeWallet, -amountMinor);
    const payer = payers.get(payment?.allowanceId ?? '') ?? '';
    add(truth.parties.get(payer)?.wallet, amountMinor);
  }
  return [...truth.parties.values()].flatMap(({ wallet, account }) => {
    const [has, should] = [view.wallets.get(wallet) ?? 0n, expected.get(wallet) ?? 0n];
    return has === should ? [] : [`${account} has ${has} in wallet ${wallet} instead of ${should}`];
  });
}
