import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { createTestDatabase, freePort } from '@sikka/bank/testing';
import type { TestDatabase } from '@sikka/bank/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchChromium } from './browser/support/chromium.ts';

const chromium = findChromium();
const needs = chromium === undefined ? ' (skipped: no Chromium here)' : '';

type Json = Readonly<Record<string, unknown>>;

const password = 'Seven-Rivers-9';
const device_fingerprint = 'laptop-1';
const email = 'zubaida@example.com';

/** What a page of the bank's own origin does; in the browser. */
async function ceremony(page: Page, kind: 'create' | 'get', options: unknown): Promise<Json> {
  return page.evaluate(
    async ([how, given]) => {
      const { PublicKeyCredential: api, navigator } = globalThis as unknown as {
        PublicKeyCredential: Record<string, (json: unknown) => unknown>;
        navigator: { credentials: Record<string, (o: unknown) => Promise<{ toJSON(): Json }>> };
      };
      const parse =
        how === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
      const publicKey = api[parse]?.(given);
      const made = await navigator.credentials[how]?.({ publicKey });
      return made?.toJSON() ?? {};
    },
    [kind, options] as const,
  );
}

describe.skipIf(chromium === undefined)(`a passkey of a real browser${needs}`, () => {
  let bank: Bank;
  let database: TestDatabase;
  let folder = '';
  let origin = '';
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'sikka-passkey-'));
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const settings = { PORT: String(port), PUBLIC_URL: origin, RATE_LIMIT_ENABLED: 'false' };
    const config = readConfig(
      { ...settings, DATABASE_URL: database.url, DATA_DIR: folder },
      folder,
    );
    if (!config.ok) throw new Error(config.errors.join(' '));
    bank = await startBank(config.value, { writeLog: () => undefined });
    browser = await launchChromium(chromium ?? '');
    page = await browser.newPage();
    await page.goto(`${origin}/`);
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await bank.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function post(path: string, body: Json, token?: string): Promise<Json> {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as Json;
    expect(said, path).not.toHaveProperty('code');
    return said;
  }

  it('is added after a code, and signs in without one', async () => {
    const signedUp = await post('/auth/signup', { name: 'Ayesha', email, password });
    await post('/auth/verify-email', { email, otp: signedUp['otp_demo'] });
    const begun = await post('/auth/login', { email, password, device_fingerprint });
    const { nonce_demo: nonce, otp_demo: otp } = begun;
    const code = { email, nonce, otp, device_fingerprint };
    const token = String((await post('/auth/login/confirm', code))['access_token']);

    const asked = await post('/api/v1/passkeys/options', { purpose: 'register' }, token);
    const response = await ceremony(page, 'create', asked['options']);
    await post('/api/v1/passkeys', { name: 'This laptop', response }, token);

    const again = await post('/auth/login', { email, password, device_fingerprint });
    const on = { nonce: again['nonce_demo'], device_fingerprint };
    const options = await post('/auth/login/passkey/options', on);
    const assertion = await ceremony(page, 'get', options['options']);
    const tokens = await post('/auth/login/passkey', { ...on, response: assertion });
    expect(tokens).toMatchObject({ token_type: 'bearer' });

    const fresh = String(tokens['access_token']);
    const stepUp = await post('/api/v1/passkeys/options', { purpose: 'step_up' }, fresh);
    const proof = await ceremony(page, 'get', stepUp['options']);
    expect(await post('/api/v1/passkeys/step-up', { response: proof }, fresh)).toMatchObject({
      msg: 'Proved.',
    });
  });
});
