import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { CliError } from '../errors.ts';
import { readOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { qrForTerminal, writeQrPng } from '../qr/write.ts';
import { loadPacket } from '../verify/load.ts';
import { createWalletConfig, readWalletConfig } from './config.ts';
import { loadMoney, walletsOf } from './load-money.ts';
import { openTerminalWallet, orRefused } from './open.ts';
import type { TerminalWallet } from './open.ts';

export const WALLET_USAGE = `sikka wallet ACTION … [--dir FOLDER] [--pin PIN] [--png FILE]

A terminal wallet and till. IN is a picture of a QR code, a packet file, or SK1: text.

  enrol --account ID       make a wallet here (--bank URL, --currency PKR, --role payer|payee|both,
                           --data-dir FOLDER; online)
  load AMOUNT              move money to the offline wallet and get an allowance (online)
  request AMOUNT|open      show a request
  code                     show this till's printed code (online the first time)
  pay IN [--amount AMOUNT] pay a request or a printed code
  accept IN                verify a payment and give a receipt
  receipt IN               keep a payee's receipt
  withhold PAYMENT         the payee refused it: do not hand it in
  refund PAYMENT AMOUNT    sign a refund of a payment accepted here
  return ALLOWANCE         sign no more under an allowance
  sync                     hand everything in, hear what became of it (online)
  history                  payments given and received
  balance                  what the bank says (online), and what is left to spend offline

  --dir FOLDER  the wallet's folder (./sikka-wallet)
  --pin PIN     else SIKKA_PIN, else it is asked for
  --png FILE    also writes the QR code as a picture

SIKKA_BANK: the bank (http://localhost:9000). SIKKA_TOKEN: a bearer token; else one is made with
the bank's own key in --data-dir or DATA_DIR (./data).`;

interface Asked {
  readonly wallet: TerminalWallet;
  readonly words: readonly string[];
  readonly amount: string | undefined;
  readonly png: string | undefined;
  readonly out: Output;
}

/** The PIN from --pin or SIKKA_PIN, else asked for. Throws `cli/usage` where nobody can be. */
export const readPin = async (given: string | undefined): Promise<string> => {
  const pin = given ?? process.env.SIKKA_PIN;
  if (pin !== undefined) return pin;
  if (!process.stdin.isTTY) throw new CliError('cli/usage', 'Give the PIN: --pin or SIKKA_PIN.');
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await ask.question('PIN: ');
  } finally {
    ask.close();
  }
};

/** Minor units of an amount as it is typed. Throws `cli/usage`. */
export const readMoney = (text: string | undefined, currency: number): bigint => {
  const amount = parseAmount(text ?? '', currency);
  if (!amount.ok) throw new CliError('cli/usage', `"${text ?? ''}" is no amount: try 500.00`);
  return amount.value;
};

/** An amount with the letters of its currency. */
export const money = (minor: bigint, currency: number): string =>
  `${currencyOf(currency)?.alpha ?? currency} ${formatAmount(minor, currency)}`;

/** A file's packet, or the text itself. */
const readIncoming = async (word: string | undefined): Promise<string | Uint8Array> => {
  if (word === undefined) throw new CliError('cli/usage', WALLET_USAGE);
  const isFile = await access(word).then(
    () => true,
    () => false,
  );
  return isFile ? loadPacket(word) : word;
};

const showQr = async ({ png, out }: Asked, text: string): Promise<void> => {
  out.line(qrForTerminal(text));
  out.line(text);
  if (png === undefined) return;
  const { version } = await writeQrPng(png, text);
  out.progress(`QR version ${version} written to ${png}`);
};

const history = async ({ wallet, out }: Asked): Promise<void> => {
  const given = orRefused(await wallet.payer.state());
  const taken = orRefused(await wallet.payee.state());
  const rows = [
    ...given.payments.map((each) => ({ ...each, way: `to ${each.payee.name}` })),
    ...taken.payments.map((each) => ({ ...each, way: 'received' })),
  ].sort((a, b) => b.at - a.at);
  if (rows.length === 0) out.line('No payments yet.');
  for (const row of rows) {
    const when = new Date(row.at * 1000).toISOString().slice(0, 16).replace('T', ' ');
    const state = row.code === undefined ? row.state : `${row.state} (${row.code})`;
    out.line(`${when}  ${money(row.amountMinor, row.currency).padStart(14)}  ${row.way}  ${state}`);
    out.line(`                  ${row.twoWords.join(' ')}  ${row.paymentId}`);
  }
};

const balance = async ({ wallet, out }: Asked): Promise<void> => {
  const { leftMinor, stopped, pending } = orRefused(await wallet.payer.state());
  const { current, offline } = await walletsOf(wallet.client, wallet.config.currency);
  for (const each of [current, offline]) {
    const { wallet_type, id, currency, available, reserved } = each;
    out.line(`${wallet_type.padEnd(8)} ${id}  ${currency} ${available} (${reserved} reserved)`);
  }
  out.line(`offline  can still spend ${money(leftMinor, wallet.config.currency)}`);
  if (pending > 0) out.line(`${pending} documents to hand in: sikka wallet sync`);
  if (stopped) out.line('This wallet was rolled back and may not spend. Make a new one.');
};

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  load: async ({ wallet, words, out }) => {
    const amountMinor = readMoney(words[0], wallet.config.currency);
    await loadMoney(wallet, amountMinor);
    out.line(`You can spend ${money(amountMinor, wallet.config.currency)} offline.`);
  },
  request: async (asked) => {
    const { wallet, words } = asked;
    const open = words[0] === 'open';
    const amountMinor = open ? 'open' : readMoney(words[0], wallet.config.currency);
    const request = orRefused(await wallet.payee.createRequest({ amountMinor }));
    await showQr(asked, request.text);
  },
  code: async (asked) => {
    const code = orRefused(await asked.wallet.payee.printedCode());
    await showQr(asked, code.text);
  },
  pay: async (asked) => {
    const { wallet, words, amount, out } = asked;
    const incoming = await readIncoming(words[0]);
    const options =
      amount === undefined ? {} : { amountMinor: readMoney(amount, wallet.config.currency) };
    const paid = orRefused(await wallet.payer.pay(incoming, options));
    out.line(`${money(paid.amountMinor, paid.currency)} to ${paid.payee.name}, ${paid.payee.town}`);
    out.line(`Words: ${paid.twoWords.join(' ')}`);
    await showQr(asked, paid.text);
  },
  accept: async (asked) => {
    const { wallet, words, out } = asked;
    const taken = orRefused(await wallet.payee.accept(await readIncoming(words[0])));
    const again = taken.verdict === 'duplicate' ? ' (accepted before)' : '';
    out.line(`PAID  ${money(taken.amountMinor, taken.currency)}${again}, not yet settled`);
    out.line(`Words: ${taken.twoWords.join(' ')}`);
    await showQr(asked, taken.receiptText);
  },
  receipt: async ({ wallet, words, out }) => {
    const kept = orRefused(await wallet.payer.acceptReceipt(await readIncoming(words[0])));
    out.line(`Receipt kept for payment ${kept.paymentId}`);
  },
  withhold: async ({ wallet, words, out }) => {
    orRefused(await wallet.payer.withhold(words[0] ?? ''));
    out.line('This wallet will not hand the payment in, unless a receipt for it comes.');
  },
  refund: async ({ wallet, words, out }) => {
    const amountMinor = readMoney(words[1], wallet.config.currency);
    orRefused(await wallet.payee.refund({ paymentId: words[0] ?? '', amountMinor }));
    out.line('Refund signed. Hand it in with: sikka wallet sync');
  },
  return: async ({ wallet, words, out }) => {
    orRefused(await wallet.payer.signReturn(words[0] ?? ''));
    out.line('Return signed. Hand it in with: sikka wallet sync');
  },
  sync: async ({ wallet, out }) => {
    const report = orRefused(await wallet.payer.sync());
    out.line(`${report.decided} decided, ${report.pending} pending`);
    if (report.rolledBack) out.line('This wallet was rolled back and may not spend.');
  },
  history,
  balance,
};

/** `sikka wallet`. */
export const walletCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = readOptions(args, WALLET_USAGE, {
    strings: ['dir', 'pin', 'png', 'amount', 'account', 'bank', 'currency', 'role', 'data-dir'],
    positionals: 'any',
  });
  const [action = '', ...words] = positionals;
  const folder = values.dir ?? './sikka-wallet';
  const enrolling = action === 'enrol';
  if (!enrolling && !Object.hasOwn(ACTIONS, action)) throw new CliError('cli/usage', WALLET_USAGE);
  const role = values.role ?? 'both';
  if (role !== 'both' && role !== 'payer' && role !== 'payee') {
    throw new CliError('cli/usage', WALLET_USAGE);
  }
  if (enrolling && values.account === undefined) throw new CliError('cli/usage', WALLET_USAGE);
  const config = enrolling
    ? await createWalletConfig({
        folder,
        bankUrl: values.bank ?? process.env.SIKKA_BANK ?? 'http://localhost:9000',
        account: values.account ?? '',
        currency: values.currency ?? 'PKR',
        dataDir: values['data-dir'] ?? process.env.DATA_DIR ?? './data',
      })
    : await readWalletConfig(folder);
  const pin = await readPin(values.pin);
  const wallet = await openTerminalWallet({ folder, config, pin });
  try {
    if (enrolling) {
      orRefused(await wallet.payer.enrol({ role }));
      out.line(`Enrolled for ${config.account} at ${config.bankId}, in ${folder}.`);
    } else {
      await ACTIONS[action]?.({ wallet, words, amount: values.amount, png: values.png, out });
    }
  } finally {
    await wallet.close();
  }
  return 0;
};
