import { expect } from 'vitest';
import type { SignedInPerson } from '../support/person.ts';

/** An answer as it came, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly code?: string };
  readonly headers: Headers;
}

/** `POST /wallet/transfer`, a body, headers. */
export type CallArguments = readonly [
  who: Pick<SignedInPerson, 'authorization'>,
  line: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

/** Calls a path as somebody who is signed in. */
export async function callAs(url: string, ...asked: CallArguments): Promise<Answer> {
  const [{ authorization }, line, body, headers = {}] = asked;
  const [method = '', path = ''] = line.split(' ');
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization, ...type, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const read = (await response.json()) as Answer['body'];
  return { status: response.status, body: read, headers: response.headers };
}

/** The numbers of somebody's two wallets in rupees. */
export async function walletsAs(
  url: string,
  who: SignedInPerson,
): Promise<Record<'current' | 'offline', number>> {
  const { body } = await callAs(url, who, 'GET /api/v1/wallets/');
  const list = body as unknown as { id: number; wallet_type: string; currency: string }[];
  const of = (kind: string) =>
    list.find((own) => own.wallet_type === kind && own.currency === 'PKR')?.id ?? 0;
  return { current: of('current'), offline: of('offline') };
}

export const IBAN = 'PK36 SCBL 0000 0011 2345 6702';

export type TopUpArguments = readonly [who: SignedInPerson, wallet: number, amount: unknown];

/** Asks for money and brings the code: the answer of the second step. */
export async function topUpAs(url: string, ...asked: TopUpArguments): Promise<Answer> {
  const [who, wallet, amount] = asked;
  const order = { wallet_id: wallet, amount, password: who.password, bank_account_number: IBAN };
  const begun = await callAs(url, who, 'POST /api/v1/wallets/topup', order);
  expect(begun.status).toBe(200);
  const code = { wallet_id: wallet, otp: begun.body['otp_demo'] };
  return callAs(url, who, 'POST /api/v1/wallets/topup/verify', code);
}
