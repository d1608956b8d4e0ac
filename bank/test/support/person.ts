import { randomBytes } from 'node:crypto';

/** The password of everybody whom tests sign up. */
export const TEST_PASSWORD = 'Seven-Rivers-9';

/** Somebody who has signed up, proved the address and signed in, all over HTTP. */
export interface SignedInPerson {
  readonly email: string;
  readonly password: string;
  readonly fingerprint: string;
  /** For the header: `Bearer …`. */
  readonly authorization: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The account's public id. */
  readonly account: string;
}

export interface NewTestPerson {
  readonly email?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly role?: string;
  readonly fingerprint?: string;
}

/** As a client does it, against a bank in demo mode: the codes come with the answers. */
export async function signUpAndIn(
  url: string,
  person: NewTestPerson = {},
): Promise<SignedInPerson> {
  const email = await signUp(url, person);
  return signIn(url, { ...person, email });
}

/** Signs up and proves the address; answers it. */
export async function signUp(url: string, person: NewTestPerson = {}): Promise<string> {
  const email = person.email ?? `p${randomBytes(8).toString('hex')}@example.com`;
  const { name = 'Test Person', phone = '+923001234567', role } = person;
  const asked = { name, email, phone, password: TEST_PASSWORD, ...(role && { role }) };
  const made = await postJson(url, '/auth/signup', asked, 201);
  await postJson(url, '/auth/verify-email', { email, otp: made['otp_demo'] }, 200);
  return email;
}

/** Password, code, session. */
export async function signIn(
  url: string,
  who: { readonly email: string; readonly password?: string; readonly fingerprint?: string },
): Promise<SignedInPerson> {
  const { email, password = TEST_PASSWORD, fingerprint = 'test-device' } = who;
  const device = { device_fingerprint: fingerprint };
  const begun = await postJson(url, '/auth/login', { email, password, ...device }, 200);
  const code = { otp: begun['otp_demo'], nonce: begun['nonce_demo'] };
  const tokens = await postJson(url, '/auth/login/confirm', { email, ...code, ...device }, 200);
  const accessToken = String(tokens['access_token']);
  const authorization = `Bearer ${accessToken}`;
  const me = await fetch(`${url}/auth/me`, { headers: { authorization } });
  const { id } = (await me.json()) as { readonly id: string };
  const refreshToken = String(tokens['refresh_token']);
  return { email, password, fingerprint, authorization, accessToken, refreshToken, account: id };
}

/** Posts JSON and expects a status; the answer's own words are in the error otherwise. */
export async function postJson(
  url: string,
  path: string,
  body: unknown,
  expected: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== expected) {
    throw new Error(`${path} answered ${response.status}, not ${expected}: ${text}`);
  }
  return JSON.parse(text) as Record<string, unknown>;
}
