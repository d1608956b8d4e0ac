import { currencyOf, parseIban, parseLooseAmount } from '@sikka/protocol';
import { refuse } from './errors.ts';
import type { RailCode, RailResult } from './errors.ts';
import { limits } from './limits.ts';
import { childrenOf, elementAt, readXml, textAt } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** Money that a message says has come in. */
export interface Credit {
  readonly endToEndId: string;
  /** The transaction's id, the same in the transfer and in the statement that shows it. */
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** The IBAN that it came from, where the message says it. */
  readonly from?: string;
}

/** What a message says of a payment that we asked for. */
export interface PayoutWord {
  readonly endToEndId: string;
  /** `open`: neither paid nor refused yet. */
  readonly said: 'paid' | 'refused' | 'open';
  /** Our message that it answers; a statement names none. */
  readonly messageId?: string;
  /** What has left our account, by a statement. */
  readonly amount?: { readonly amountMinor: bigint; readonly currency: number };
}

export interface RailMessage {
  readonly kind: 'pacs.008.001.08' | 'camt.053.001.08' | 'pacs.002.001.10';
  readonly messageId: string;
  readonly credits: readonly Credit[];
  readonly words: readonly PayoutWord[];
  /** Of money that came in and names no transaction that could be told: for a person to look at. */
  readonly unread: number;
}

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:';
/** Of a message: without what would need care in a log or a file name. */
const ID = new RegExp(`^[A-Za-z0-9./_:-]{1,${limits.idCharacters}}$`);
/** Max35Text as strangers may write it; what we would not have written is held, not refused. */
const TEXT = new RegExp(`^\\P{C}{1,${limits.idCharacters}}$`, 'u');
const COUNT = /^[0-9]{1,15}$/;

/**
 * Reads what another bank sent: a customer credit transfer (pacs.008.001.08), a statement of our
 * account there (camt.053.001.08), or its answer to a transfer of ours (pacs.002.001.10).
 * `account` is our IBAN at that bank; money for another is refused, and so is a message whose own
 * counts and sums are not those of what it lists.
 */
export function readMessage(bytes: Uint8Array, account: string): RailResult<RailMessage> {
  if (bytes.length > limits.fileBytes) return refuse('rail/too_large');
  const root = readXml(bytes);
  if (root === undefined) return refuse('rail/malformed');
  const namespace = root.attributes.get('xmlns') ?? '';
  if (root.name !== 'Document') return refuse('rail/unknown_message');
  if (namespace === `${NAMESPACE}pacs.008.001.08`) return readTransfers(root, account);
  if (namespace === `${NAMESPACE}camt.053.001.08`) return readStatement(root, account);
  if (namespace === `${NAMESPACE}pacs.002.001.10`) return readReport(root);
  return refuse('rail/unknown_message');
}

function readTransfers(root: XmlElement, account: string): RailResult<RailMessage> {
  const message = elementAt(root, 'FIToFICstmrCdtTrf');
  const header = message && elementAt(message, 'GrpHdr');
  const messageId = header && idAt(header, 'MsgId');
  if (message === undefined || header === undefined || messageId === undefined) {
    return refuse('rail/malformed');
  }
  const transactions = childrenOf(message, 'CdtTrfTxInf');
  if (transactions.some((one) => textAt(one, 'CdtrAcct/Id/IBAN') !== account)) {
    return refuse('rail/wrong_account');
  }
  const amounts = transactions.map((one) => readAmount(elementAt(one, 'IntrBkSttlmAmt')));
  const disagrees = findDisagreement(amounts, {
    count: textAt(header, 'NbOfTxs'),
    sum: elementAt(header, 'TtlIntrBkSttlmAmt'),
  });
  if (disagrees !== undefined) return refuse(disagrees);
  const credits = transactions.map((one, at) =>
    readCredit(elementAt(one, 'PmtId'), amounts[at], textAt(one, 'DbtrAcct/Id/IBAN')),
  );
  return listed({ kind: 'pacs.008.001.08', messageId, words: [] }, credits);
}

function readStatement(root: XmlElement, account: string): RailResult<RailMessage> {
  const message = elementAt(root, 'BkToCstmrStmt');
  const messageId = message && idAt(message, 'GrpHdr/MsgId');
  // Several accounts in one message would each need their own sums.
  const statement = message && elementAt(message, 'Stmt');
  if (messageId === undefined || statement === undefined) return refuse('rail/malformed');
  // Our own statements of accounts without an IBAN name them so.
  const told = textAt(statement, 'Acct/Id/IBAN') ?? textAt(statement, 'Acct/Id/Othr/Id');
  if (told !== account) return refuse('rail/wrong_account');
  const all = childrenOf(statement, 'Ntry');
  const entries = all.filter((entry) => textAt(entry, 'CdtDbtInd') === 'CRDT');
  const amounts = entries.map((entry) => readAmount(elementAt(entry, 'Amt')));
  const summary = elementAt(statement, 'TxsSummry/TtlCdtNtries');
  const disagrees = findDisagreement(amounts, {
    count: summary && textAt(summary, 'NbOfNtries'),
    sum: summary && elementAt(summary, 'Sum'),
  });
  if (disagrees !== undefined) return refuse(disagrees);
  const words = all.filter((entry) => isBooked(entry) && isDebit(entry)).flatMap(readDebits);
  const credits = entries.filter(isBooked).flatMap(readEntry);
  return listed({ kind: 'camt.053.001.08', messageId, words }, credits);
}

/** What became of a payment, by the statuses that end it; any other leaves it open. */
const ENDS: Readonly<Record<string, 'paid' | 'refused'>> = {
  ACSC: 'paid',
  ACCC: 'paid',
  RJCT: 'refused',
};

function readReport(root: XmlElement): RailResult<RailMessage> {
  const report = elementAt(root, 'FIToFIPmtStsRpt');
  const messageId = report && idAt(report, 'GrpHdr/MsgId');
  const answered = report && idAt(report, 'OrgnlGrpInfAndSts/OrgnlMsgId');
  const transactions = report === undefined ? [] : childrenOf(report, 'TxInfAndSts');
  // A status of the whole group alone does not say which payments the other bank has read.
  if (messageId === undefined || answered === undefined || transactions.length === 0) {
    return refuse('rail/malformed');
  }
  const words: PayoutWord[] = [];
  for (const one of transactions) {
    const endToEndId = textOf(one, 'OrgnlEndToEndId');
    const status = textAt(one, 'TxSts');
    if (endToEndId === undefined || status === undefined) return refuse('rail/malformed');
    words.push({ endToEndId, said: ENDS[status] ?? 'open', messageId: answered });
  }
  return { ok: true, value: { kind: 'pacs.002.001.10', messageId, credits: [], words, unread: 0 } };
}

function isDebit(entry: XmlElement): boolean {
  return textAt(entry, 'CdtDbtInd') === 'DBIT';
}

/** ISO 20022 for “no id was given”. */
const NO_ID = 'NOTPROVIDED';

/** One word for each transaction of a debit; fees and the like name none, and are told as such. */
function readDebits(entry: XmlElement): readonly PayoutWord[] {
  const whole = readAmount(elementAt(entry, 'Amt'));
  const details = childrenOf(entry, 'NtryDtls').flatMap((part) => childrenOf(part, 'TxDtls'));
  if (details.length === 0) return [wordOf(undefined, whole)];
  return details.map((one) => {
    const part = elementAt(one, 'Amt');
    const amount = details.length === 1 && part === undefined ? whole : readAmount(part);
    return wordOf(elementAt(one, 'Refs'), amount);
  });
}

function wordOf(ids: XmlElement | undefined, amount: Amount | undefined): PayoutWord {
  const endToEndId = (ids && textOf(ids, 'EndToEndId')) ?? NO_ID;
  // An amount that nobody can read is not the one that was ordered.
  return { endToEndId, said: 'paid', amount: amount ?? { amountMinor: 0n, currency: 0 } };
}

/** And not the undoing of something. */
function isBooked(entry: XmlElement): boolean {
  return textAt(entry, 'Sts/Cd') === 'BOOK' && textAt(entry, 'RvslInd') !== 'true';
}

/**
 * Each transaction of an entry, by its own amount where there are several: these have to be the
 * entry's together, or none of them is believed. Undefined for what names none, such as interest.
 */
function readEntry(entry: XmlElement): readonly (Credit | undefined)[] {
  const whole = readAmount(elementAt(entry, 'Amt'));
  const details = childrenOf(entry, 'NtryDtls').flatMap((part) => childrenOf(part, 'TxDtls'));
  const [only, ...others] = details.map((one) => elementAt(one, 'Refs'));
  const froms = details.map((one) => textAt(one, 'RltdPties/DbtrAcct/Id/IBAN'));
  if (others.length === 0) return [readCredit(only, whole, froms[0])];
  const amounts = details.map(readPart);
  const isWhole =
    amounts.every((amount) => amount !== undefined && amount.currency === whole?.currency) &&
    amounts.reduce((sum, amount) => sum + (amount?.amountMinor ?? 0n), 0n) === whole?.amountMinor;
  return details.map((one, at) =>
    isWhole ? readCredit(elementAt(one, 'Refs'), amounts[at], froms[at]) : undefined,
  );
}

function readPart(details: XmlElement): Amount | undefined {
  const isCredit = (textAt(details, 'CdtDbtInd') ?? 'CRDT') === 'CRDT';
  return isCredit ? readAmount(elementAt(details, 'Amt')) : undefined;
}

function readCredit(
  ids: XmlElement | undefined,
  amount: Amount | undefined,
  account: string | undefined,
): Credit | undefined {
  const endToEndId = ids && textOf(ids, 'EndToEndId');
  const reference = ids && textOf(ids, 'TxId');
  if (endToEndId === undefined || reference === undefined || amount === undefined) return undefined;
  const from = parseIban(account ?? '');
  return { endToEndId, reference, ...amount, ...(from.ok ? { from: from.value } : {}) };
}

type Amount = Pick<Credit, 'amountMinor' | 'currency'>;

function readAmount(element: XmlElement | undefined): Amount | undefined {
  const currency = currencyOf(element?.attributes.get('Ccy') ?? '')?.numeric;
  if (element === undefined || currency === undefined) return undefined;
  const minor = parseLooseAmount(element.text.trim(), currency);
  return minor.ok ? { amountMinor: minor.value, currency } : undefined;
}

/** Whether what is listed is what the message itself says that it lists; in one currency. */
function findDisagreement(
  amounts: readonly (Amount | undefined)[],
  said: { readonly count: string | undefined; readonly sum: XmlElement | undefined },
): RailCode | undefined {
  const [first] = amounts;
  if (!COUNT.test(said.count ?? '') || Number(said.count) !== amounts.length) {
    return 'rail/wrong_count';
  }
  if (amounts.length === 0) return undefined;
  if (first === undefined) return 'rail/malformed';
  let sum = 0n;
  for (const amount of amounts) {
    if (amount === undefined) return 'rail/malformed';
    if (amount.currency !== first.currency) return 'rail/wrong_sum';
    sum += amount.amountMinor;
  }
  const total = parseLooseAmount(said.sum?.text.trim() ?? '', first.currency);
  const written = said.sum?.attributes.get('Ccy');
  const isSame = written === undefined || currencyOf(written)?.numeric === first.currency;
  return total.ok && total.value === sum && isSame ? undefined : 'rail/wrong_sum';
}

/** One credit that nobody can read costs nobody else theirs. */
function listed(
  message: Pick<RailMessage, 'kind' | 'messageId' | 'words'>,
  read: readonly (Credit | undefined)[],
): RailResult<RailMessage> {
  const credits = read.filter((credit) => credit !== undefined);
  const references = new Set(credits.map(({ reference }) => reference));
  if (references.size < credits.length) return refuse('rail/reference_reused');
  return { ok: true, value: { ...message, credits, unread: read.length - credits.length } };
}

function idAt(from: XmlElement, path: string): string | undefined {
  const text = textAt(from, path);
  return text !== undefined && ID.test(text) ? text : undefined;
}

function textOf(from: XmlElement, path: string): string | undefined {
  const text = textAt(from, path);
  return text !== undefined && TEXT.test(text) ? text : undefined;
}
