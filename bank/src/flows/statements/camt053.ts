import { createHash } from 'node:crypto';
import { currencyOf, formatAmount } from '@sikka/protocol';
import { escapeXml } from '../../rail/index.ts';
import type { Entry, Statement } from './statement.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';
/** ISO 20022 Max35Text, Max140Text. */
const [MAX_35, MAX_140] = [35, 140];

/**
 * Statements as a bank's customer gets them: camt.053.001.08, elements in the order of its
 * definition. What is told in one entry of several transfers says how many.
 */
export function writeCamt053(statements: readonly Statement[], at: Date): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}">\n<BkToCstmrStmt>\n` +
    `<GrpHdr><MsgId>${messageIdOf(statements, at)}</MsgId>${time('CreDtTm', at)}</GrpHdr>\n` +
    statements.map((one) => writeStatement(one, at)).join('') +
    `</BkToCstmrStmt>\n</Document>\n`
  );
}

/** Of the same statements at the same moment it is the same. */
function messageIdOf(statements: readonly Statement[], at: Date): string {
  const named = statements.map(({ account, currency, from, until }) => [
    ...[account, currency, from.toISOString(), until.toISOString()],
  ]);
  const text = JSON.stringify([at.toISOString(), named]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function writeStatement(statement: Statement, at: Date): string {
  const { account, currency, from, until, entries, openingMinor, closingMinor } = statement;
  const name = escapeXml(account);
  const letters = currencyOf(currency)?.alpha ?? '';
  const period = `${from.getTime().toString(36)}-${until.getTime().toString(36)}`;
  return (
    `<Stmt>\n<Id>${name}-${period}</Id>${time('CreDtTm', at)}` +
    `<FrToDt>${time('FrDtTm', from)}${time('ToDtTm', until)}</FrToDt>\n` +
    `<Acct><Id><Othr><Id>${name}</Id></Othr></Id><Ccy>${letters}</Ccy></Acct>\n` +
    writeBalance('OPBD', { minor: openingMinor, currency, at: from }) +
    writeBalance('CLBD', { minor: closingMinor, currency, at: until }) +
    writeSummary(entries, currency) +
    entries.map((entry) => writeEntry(entry, currency)).join('') +
    `</Stmt>\n`
  );
}

interface Booked {
  readonly minor: bigint;
  readonly currency: number;
  readonly at: Date;
}

function writeBalance(code: 'OPBD' | 'CLBD', { minor, currency, at }: Booked): string {
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>` +
    `${amountOf(minor, currency)}<Dt>${time('DtTm', at)}</Dt></Bal>\n`
  );
}

function writeSummary(entries: readonly Entry[], currency: number): string {
  const total = (name: string, some: readonly Entry[]) =>
    `<${name}><NbOfNtries>${some.length}</NbOfNtries>` +
    `<Sum>${formatAmount(sumOf(some), currency)}</Sum></${name}>`;
  const credits = entries.filter(({ amountMinor }) => amountMinor > 0n);
  const debits = entries.filter(({ amountMinor }) => amountMinor < 0n);
  const totals = total('TtlCdtNtries', credits) + total('TtlDbtNtries', debits);
  return `<TxsSummry>${totals}</TxsSummry>\n`;
}

function sumOf(entries: readonly Entry[]): bigint {
  return entries.reduce((sum, { amountMinor }) => sum + magnitude(amountMinor), 0n);
}

function writeEntry(entry: Entry, currency: number): string {
  const { id, at, kind, amountMinor, transfers } = entry;
  const amount = amountOf(amountMinor, currency);
  const day = `<Dt>${at.toISOString().slice(0, 10)}</Dt>`;
  const details =
    transfers === undefined
      ? writeDetails(entry, amount)
      : `<Btch><NbOfTxs>${transfers}</NbOfTxs></Btch>`;
  const about = transfers === undefined ? '' : more('AddtlNtryInf', entry.other);
  return (
    `<Ntry><NtryRef>${escapeXml(id)}</NtryRef>${amount}<Sts><Cd>BOOK</Cd></Sts>` +
    `<BookgDt>${transfers === undefined ? time('DtTm', at) : day}</BookgDt>` +
    `<ValDt>${day}</ValDt>` +
    `<BkTxCd><Prtry><Cd>${escapeXml(kind)}</Cd><Issr>Sikka</Issr></Prtry></BkTxCd>` +
    `<NtryDtls>${details}</NtryDtls>${about}</Ntry>\n`
  );
}

/** An id that is too long to be one here, such as a payment's, stands in full as remittance. */
function writeDetails({ id, amountMinor, other, reference }: Entry, amount: string): string {
  const isId = reference !== undefined && reference.length <= MAX_35;
  const endToEnd = isId && reference.trim() !== '' ? reference : 'NOTPROVIDED';
  const account = amountMinor < 0n ? 'CdtrAcct' : 'DbtrAcct';
  const related =
    other === undefined
      ? ''
      : `<RltdPties><${account}><Id><Othr><Id>${escapeXml(other)}</Id></Othr></Id></${account}>` +
        `</RltdPties>`;
  const remittance = reference === undefined ? '' : `<RmtInf>${more('Ustrd', reference)}</RmtInf>`;
  return (
    `<TxDtls><Refs><EndToEndId>${escapeXml(endToEnd)}</EndToEndId>` +
    `<TxId>${escapeXml(id)}</TxId></Refs>${amount}${related}${remittance}</TxDtls>`
  );
}

function more(name: string, text = ''): string {
  return `<${name}>${escapeXml([...text].slice(0, MAX_140).join(''))}</${name}>`;
}

function amountOf(minor: bigint, currency: number): string {
  const letters = currencyOf(currency)?.alpha ?? '';
  const side = minor < 0n ? 'DBIT' : 'CRDT';
  return (
    `<Amt Ccy="${letters}">${formatAmount(magnitude(minor), currency)}</Amt>` +
    `<CdtDbtInd>${side}</CdtDbtInd>`
  );
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

function time(name: string, at: Date): string {
  return `<${name}>${at.toISOString()}</${name}>`;
}
