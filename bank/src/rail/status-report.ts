import type { CreditStatus, SeenCredit } from './store/credits.ts';
import { escapeXml } from './xml.ts';

/** What the sender is told of each transaction: settled, or waiting for a person. */
const STATUS: Readonly<Record<CreditStatus, 'ACSC' | 'PDNG'>> = {
  credited: 'ACSC',
  known: 'ACSC',
  held: 'PDNG',
  contradicts: 'PDNG',
};

export interface ReportFields {
  /** At most 35 characters, the same each time the same report is written. */
  readonly messageId: string;
  readonly answersMessageId: string;
  readonly credits: readonly SeenCredit[];
  readonly at: Date;
}

/** The answer to a credit transfer: pacs.002.001.10, one status a transaction. */
export function writeStatusReport(fields: ReportFields): string {
  const transactions = fields.credits.map(
    ({ endToEndId, reference, status }) =>
      `    <TxInfAndSts>\n` +
      `      <OrgnlEndToEndId>${escapeXml(endToEndId)}</OrgnlEndToEndId>\n` +
      `      <OrgnlTxId>${escapeXml(reference)}</OrgnlTxId>\n` +
      `      <TxSts>${STATUS[status]}</TxSts>\n` +
      `    </TxInfAndSts>\n`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10">\n` +
    `  <FIToFIPmtStsRpt>\n` +
    `    <GrpHdr>\n` +
    `      <MsgId>${escapeXml(fields.messageId)}</MsgId>\n` +
    `      <CreDtTm>${fields.at.toISOString()}</CreDtTm>\n` +
    `    </GrpHdr>\n` +
    `    <OrgnlGrpInfAndSts>\n` +
    `      <OrgnlMsgId>${escapeXml(fields.answersMessageId)}</OrgnlMsgId>\n` +
    `      <OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId>\n` +
    `    </OrgnlGrpInfAndSts>\n` +
    `${transactions.join('')}` +
    `  </FIToFIPmtStsRpt>\n` +
    `</Document>\n`
  );
}
