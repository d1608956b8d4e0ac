/** What the other bank writes: not the code under test, and easy to get wrong on purpose. */

export const OUR_ACCOUNT = 'PK36SCBL0000001123456702';

export interface Line {
  readonly endToEndId: string;
  readonly txId: string;
  readonly amount: string;
  readonly currency?: string;
  /** For statements. Default: booked, in our favour. */
  readonly entry?: string;
  /** The IBAN that it came from. */
  readonly from?: string;
  /** For statements, in place of the one transaction that the ids are of. */
  readonly details?: string;
}

export interface Written {
  readonly messageId: string;
  readonly lines: readonly Line[];
  readonly count?: number;
  readonly sum?: string;
  readonly account?: string;
}

/** In hundredths, then as text. */
function sumOf(lines: readonly Line[]): string {
  const hundredths = lines.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
  return (hundredths / 100).toFixed(2);
}

export function pacs008({ messageId, lines, count, sum, account = OUR_ACCOUNT }: Written): string {
  const transactions = lines.map(
    ({ endToEndId, txId, amount, currency = 'PKR', from }) => `
    <CdtTrfTxInf>
      <PmtId><EndToEndId>${endToEndId}</EndToEndId><TxId>${txId}</TxId></PmtId>
      <IntrBkSttlmAmt Ccy="${currency}">${amount}</IntrBkSttlmAmt>
      <Dbtr><Nm>Tariq &amp; Sons</Nm></Dbtr>${from === undefined ? '' : debtorAccount(from)}
      <CdtrAcct><Id><IBAN>${account}</IBAN></Id></CdtrAcct>
    </CdtTrfTxInf>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
  <FIToFICstmrCdtTrf>
    <GrpHdr>
      <MsgId>${messageId}</MsgId>
      <CreDtTm>2026-11-21T09:00:00Z</CreDtTm>
      <NbOfTxs>${count ?? lines.length}</NbOfTxs>
      <TtlIntrBkSttlmAmt Ccy="PKR">${sum ?? sumOf(lines)}</TtlIntrBkSttlmAmt>
      <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
    </GrpHdr>${transactions.join('')}
  </FIToFICstmrCdtTrf>
</Document>
`;
}

function debtorAccount(iban: string): string {
  return `<DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct>`;
}

/** What the other bank answers to a transfer of ours: the status of each of its payments. */
export function pacs002(report: {
  readonly messageId: string;
  readonly answers: string;
  readonly statuses: readonly (readonly [endToEndId: string, status: string])[];
}): string {
  const { messageId, answers, statuses } = report;
  const transactions = statuses.map(
    ([endToEndId, status]) => `
    <TxInfAndSts>
      <OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId>
      <TxSts>${status}</TxSts>
    </TxInfAndSts>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10">
  <FIToFIPmtStsRpt>
    <GrpHdr><MsgId>${messageId}</MsgId><CreDtTm>2026-11-21T09:00:00Z</CreDtTm></GrpHdr>
    <OrgnlGrpInfAndSts><OrgnlMsgId>${answers}</OrgnlMsgId></OrgnlGrpInfAndSts>
    ${transactions.join('')}
  </FIToFIPmtStsRpt>
</Document>
`;
}

/** For statements: booked, out of our account. */
export const DEBITED = '<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>';

const BOOKED = '<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>';

/** One transaction of an entry; with an amount, one of several. */
export function txDtls(
  { endToEndId, txId }: Pick<Line, 'endToEndId' | 'txId'>,
  amount = '',
): string {
  const refs = `<EndToEndId>${endToEndId}</EndToEndId><TxId>${txId}</TxId>`;
  return `<TxDtls><Refs>${refs}</Refs>${amount}</TxDtls>`;
}

export function camt053({ messageId, lines, count, sum, account = OUR_ACCOUNT }: Written): string {
  const entries = lines.map(
    ({ endToEndId, txId, amount, currency = 'PKR', entry = BOOKED, details }) => `
      <Ntry>
        <Amt Ccy="${currency}">${amount}</Amt>${entry}
        <NtryDtls>${details ?? txDtls({ endToEndId, txId })}</NtryDtls>
      </Ntry>`,
  );
  const credits = lines.filter(({ entry = BOOKED }) => entry.includes('CRDT'));
  return `<?xml version='1.0' encoding='utf-8'?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>${messageId}</MsgId></GrpHdr>
    <Stmt>
      <Id>STMT-1</Id>
      <Acct><Id><IBAN>${account}</IBAN></Id></Acct>
      <TxsSummry><TtlCdtNtries>
        <NbOfNtries>${count ?? credits.length}</NbOfNtries><Sum>${sum ?? sumOf(credits)}</Sum>
      </TtlCdtNtries></TxsSummry>${entries.join('')}
    </Stmt>
  </BkToCstmrStmt>
</Document>
`;
}
