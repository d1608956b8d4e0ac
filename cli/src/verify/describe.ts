import { currencyOf, formatAmount, formatWalletNumber, hex, twoWords } from '@sikka/protocol';
import type { Packet, SikkaDocument } from '@sikka/protocol';

type Row = readonly [string, string];
type BankDocument = Extract<SikkaDocument, { readonly issuerKey: number }>;
type PeoplesDocument = Exclude<SikkaDocument, BankDocument>;

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
const money = (minor: bigint, currency: number): string => {
  const known = currencyOf(currency);
  if (known === undefined) return `${minor} minor units of currency ${currency}`;
  return `${known.alpha} ${formatAmount(minor, currency)}`;
};

/** What people's devices sign. */
const describeSigned = (fields: PeoplesDocument): readonly Row[] => {
  switch (fields.type) {
    case 'enrolment':
      return [
        ['account', `${fields.account} at ${fields.bank}`],
        ['key', `${fields.suite} ${hex(fields.publicKey)}`],
      ];
    case 'allowance-request':
      return [
        ['account', `${fields.account} at ${fields.bank}`],
        ['amount', money(fields.amountMinor, fields.currency)],
      ];
    case 'request': {
      const { amountMinor, currency } = fields;
      return [
        ['amount', amountMinor === undefined ? 'open' : money(amountMinor, currency)],
        ['until', time(fields.until)],
      ];
    }
    case 'payment':
      return [
        ['amount', money(fields.amountMinor, fields.currency)],
        ['sequence', `${fields.sequence}, ${money(fields.spentMinor, fields.currency)} spent`],
        ['to wallet', formatWalletNumber(fields.payeeWallet)],
        ['claimed time', `${time(fields.claimedAt)} (the phone's clock; decides nothing)`],
      ];
    case 'receipt':
      return [
        ['payment', hex(fields.paymentId)],
        ['two words', twoWords(fields.paymentId).join(' ')],
        ['accepted', `${time(fields.time)} (offline; not yet settled)`],
      ];
    case 'refund':
      return [
        ['payment', hex(fields.paymentId)],
        ['amount', `${money(fields.amountMinor, fields.currency)}, number ${fields.number}`],
      ];
    case 'return':
      return [['signed', `nothing after sequence ${fields.lastSequence}`]];
  }
};

/** What the bank signs. */
const describeIssued = (fields: BankDocument): readonly Row[] => {
  switch (fields.type) {
    case 'credential':
      return [
        ['pays to', `${fields.name}, ${fields.town}`],
        ['wallet', formatWalletNumber(fields.wallet)],
        ['till', `${fields.till} (${fields.mode === 'static' ? 'printed code' : 'requests'})`],
        ['valid', `${time(fields.from)} to ${time(fields.until)}`],
      ];
    case 'allowance':
      return [
        ['limit', money(fields.limitMinor, fields.currency)],
        ['per payment', money(fields.perPaymentMinor, fields.currency)],
        ['payments', `${fields.count}, numbered from ${fields.firstSequence}`],
        ['valid', `${time(fields.from)} to ${time(fields.until)}`],
        ['claim until', time(fields.claimUntil)],
      ];
    case 'upload-receipt':
      return [
        ['bytes', hex(fields.sha256)],
        ['received', `${time(fields.receivedAt)} from ${fields.uploader}`],
      ];
    case 'settlement-receipt':
      return [
        ['payment', hex(fields.paymentId)],
        ['amount', money(fields.amountMinor, fields.currency)],
        ['to wallet', formatWalletNumber(fields.payeeWallet)],
        ['settled', time(fields.settledAt)],
        ['log position', String(fields.position)],
      ];
    case 'bulletin': {
      const { revokedAllowances, revokedDevices, revokedCredentials } = fields;
      const devices = `${revokedDevices.length} devices`;
      return [
        ['version', `${fields.version}, ${time(fields.bankTime)}`],
        ['next due', time(fields.nextDue)],
        ['revoked', `${revokedAllowances.length} allowances, ${devices}`],
        ['', `${revokedCredentials.length} credentials`],
      ];
    }
    case 'checkpoint':
      return [
        ['log', `${fields.logSize} payments, root ${hex(fields.logRoot)}`],
        ['audit', `${fields.auditSize} rows, head ${hex(fields.auditHead)}`],
        ['time', time(fields.time)],
      ];
  }
};

/** What a document says, in words, with ids in full so that they can be compared. */
export const describeDocument = (fields: SikkaDocument): readonly Row[] =>
  'issuerKey' in fields ? describeIssued(fields) : describeSigned(fields);

/** What kind of packet this is, as a person would say it. */
export const describeKind = (packet: Packet): string => {
  switch (packet.kind) {
    case 'request':
      return 'a request for payment';
    case 'payment':
      return 'a payment';
    case 'sealed':
      return 'a payment sealed to its payee';
    case 'receipt':
      return "a payee's receipt";
    case 'refund':
      return 'a refund';
    case 'return':
      return 'a return of an allowance';
    case 'proof':
      return 'a proof that one key signed two documents that cannot both be true';
    case 'printed-code':
      return "a printed code's credential";
    case 'settlement':
      return 'a settlement receipt with its proof of inclusion in the log';
    case 'document':
      return `a document (${packet.document.fields.type})`;
    case 'frame':
      return `frame ${packet.number} of a message in ${packet.k} blocks`;
  }
};
