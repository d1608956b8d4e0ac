import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Payout } from './rail.ts';
import { escapeXml } from './xml.ts';

export interface TransferFields {
  /** At most 35 characters, the same each time the same message is written. */
  readonly messageId: string;
  readonly at: Date;
  /** Our account at the other bank, from which all of it is paid. */
  readonly account: string;
  /** All in one currency; at least one. */
  readonly payouts: readonly Payout[];
}

/** ISO 20022 Max140Text. */
const NAME_CHARACTERS = 140;

/**
 * Asks the other bank to pay: pacs.008.001.08, from our account there to a person's own. The same
 * fields give the same bytes, so that a message that is written twice is one message.
 */
export function writeCreditTransfer(fields: TransferFields): string {
  const { messageId, at, account, payouts } = fields;
  const currency = payouts[0]?.currency ?? 0;
  const total = payouts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">\n` +
    `  <FIToFICstmrCdtTrf>\n` +
    `    <GrpHdr>\n` +
    `      <MsgId>${escapeXml(messageId)}</MsgId>\n` +
    `      <CreDtTm>${at.toISOString()}</CreDtTm>\n` +
    `      <NbOfTxs>${payouts.length}</NbOfTxs>\n` +
    `      <TtlIntrBkSttlmAmt ${writeAmount(total, currency)}</TtlIntrBkSttlmAmt>\n` +
    `      <IntrBkSttlmDt>${at.toISOString().slice(0, 10)}</IntrBkSttlmDt>\n` +
    `      <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>\n` +
    `    </GrpHdr>\n` +
    payouts.map((payout) => writeTransaction(payout, account)).join('') +
    `  </FIToFICstmrCdtTrf>\n` +
    `</Document>\n`
  );
}

/** Elements in the order of the message's definition. */
function writeTransaction(payout: Payout, account: string): string {
  const { endToEndId, iban, name, amountMinor, currency } = payout;
  const id = escapeXml(endToEndId);
  const shown = [...name].slice(0, NAME_CHARACTERS).join('');
  return (
    `    <CdtTrfTxInf>\n` +
    `      <PmtId><EndToEndId>${id}</EndToEndId><TxId>${id}</TxId></PmtId>\n` +
    `      <IntrBkSttlmAmt ${writeAmount(amountMinor, currency)}</IntrBkSttlmAmt>\n` +
    `      <ChrgBr>SLEV</ChrgBr>\n` +
    `      <Dbtr><Nm>${escapeXml(shown)}</Nm></Dbtr>\n` +
    `      <DbtrAcct><Id><IBAN>${escapeXml(account)}</IBAN></Id></DbtrAcct>\n` +
    `      <DbtrAgt>${writeBank(account)}</DbtrAgt>\n` +
    `      <CdtrAgt>${writeBank(iban)}</CdtrAgt>\n` +
    `      <Cdtr><Nm>${escapeXml(shown)}</Nm></Cdtr>\n` +
    `      <CdtrAcct><Id><IBAN>${escapeXml(iban)}</IBAN></Id></CdtrAcct>\n` +
    `    </CdtTrfTxInf>\n`
  );
}

function writeAmount(minor: bigint, currency: number): string {
  return `Ccy="${currencyOf(currency)?.alpha ?? ''}">${formatAmount(minor, currency)}`;
}

/** The four letters of a bank in its customers' IBANs (ISO 13616, Pakistan). */
function writeBank(iban: string): string {
  const member = escapeXml(iban.slice(4, 8));
  return `<FinInstnId><ClrSysMmbId><MmbId>${member}</MmbId></ClrSysMmbId></FinInstnId>`;
}
