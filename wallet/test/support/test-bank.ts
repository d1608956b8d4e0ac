import { PROBLEM_CODES, fromBase64url, toBase64url } from '@sikka/api';
import type { ProblemCode } from '@sikka/api';
import {
  createIssuedCache,
  decodeCbor,
  encodePacket,
  hex,
  keyHash,
  proveDocument,
  sha256,
  utf8,
  walletNumberWithCheckDigit,
  webCryptoVerifier,
} from '@sikka/protocol';
import type {
  Allowance,
  Bulletin,
  Credential,
  DocumentPacket,
  IssuerKeys,
  Signed,
  UploadReceipt,
} from '@sikka/protocol';
import { createIssuer, issue } from './documents.ts';
import type { TestIssuer } from './documents.ts';
import { createLedger } from './test-ledger.ts';

export const PKR = 586;
export const BANK = 'test-bank';
const DAY = 86_400;

/** What the bank's policy gives; a test changes what it is about. */
export interface Policy {
  perPaymentMinor: bigint;
  count: number;
  validSeconds: number;
  claimSeconds: number;
  minVersion: number;
}

interface Device {
  readonly till: number;
  readonly account: string;
  readonly suite: Credential['suite'];
  readonly publicKey: Uint8Array;
  readonly role: string;
  readonly answer: object;
}

interface Call {
  readonly account: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/**
 * A bank of real signatures and the real judge, in memory, behind the real contract: the typed
 * client speaks to `fetch`. The bank itself is tested elsewhere; this one is for wallets.
 */
export async function createTestBank({ now = 1_800_000_000 }: { now?: number } = {}) {
  const time = { now };
  const policy: Policy = {
    perPaymentMinor: 100_000n,
    count: 50,
    validSeconds: 14 * DAY,
    claimSeconds: 30 * DAY,
    minVersion: 1,
  };
  let issuers: readonly TestIssuer[] = [await createIssuer(1)];
  const trust = () => ({
    issuers: new Map(issuers.map(({ key }) => [key.number, key])) satisfies IssuerKeys,
    verifier: webCryptoVerifier,
    allowances: createIssuedCache(100),
  });
  const signing = (): TestIssuer => issuers.at(-1)!;
  const challenges = new Map<string, string>();
  const enrolments = new Map<string, Device>();
  const wallets = new Map<string, number>();
  const answers = new Map<string, object>();
  const nonces = new Set<string>();
  const bulletins: Uint8Array[] = [];
  const revoked = { allowances: none(), devices: none(), credentials: none() };
  const ledger = createLedger({ trust, now: () => time.now });
  const log: string[] = [];
  let serial = 0;

  const walletOf = (account: string): number => {
    const known = wallets.get(account);
    if (known !== undefined) return known;
    const number = walletNumberWithCheckDigit(10_000_000_000 + wallets.size * 7);
    wallets.set(account, number);
    ledger.wallets.add(number);
    return number;
  };
  const useChallenge = (account: string, purpose: string, challenge: Uint8Array): boolean => {
    const key = hex(challenge);
    const known = challenges.get(key) === `${account} ${purpose}`;
    challenges.delete(key);
    return known;
  };

  async function prove(text: unknown, device?: Device): Promise<DocumentPacket | undefined> {
    const packet = typeof text === 'string' ? fromBase64url(text) : undefined;
    const options = { ...trust(), ...(device === undefined ? {} : { device }) };
    const proved = packet && (await proveDocument(packet, options));
    return proved?.ok === true ? proved.value : undefined;
  }

  const credentialFor = (device: Omit<Device, 'answer'>, ecdhKey: Uint8Array | undefined) =>
    issue<Credential>(signing(), {
      type: 'credential',
      serial: ++serial,
      wallet: walletOf(device.account),
      name: `${device.account} Kiryana Store`,
      town: 'Chakwal',
      suite: device.suite,
      publicKey: device.publicKey,
      mode: ecdhKey === undefined ? 'dynamic' : 'static',
      till: device.till,
      ecdhKey,
      currency: PKR,
      from: time.now,
      until: time.now + 365 * DAY,
      minVersion: policy.minVersion,
    });

  async function enrol({ account, body }: Call) {
    const { enrolment } = readJson(body);
    const again = answers.get(String(enrolment));
    if (again !== undefined) return ok(again);
    const proved = await prove(enrolment);
    const fields = proved?.document.fields;
    if (fields?.type !== 'enrolment') return problem('device/enrolment_invalid');
    if (fields.bank !== BANK) return problem('device/wrong_bank');
    if (fields.account !== account) return problem('device/wrong_account');
    if (!useChallenge(account, 'enrolment', fields.challenge)) {
      return problem('device/challenge_invalid');
    }
    const { suite, publicKey, role } = fields;
    const key = hex(keyHash(suite, publicKey));
    if (enrolments.has(key)) return problem('device/key_enrolled');
    const device = { till: 4711 + enrolments.size, account, suite, publicKey, role };
    const credential = role === 'payer' ? undefined : await credentialFor(device, undefined);
    const answer = {
      device: {
        till: device.till,
        key_hash: key,
        suite,
        role,
        status: 'active',
        created_at: stamp(time.now),
      },
      ...(credential === undefined ? {} : { credential: toBase64url(credential) }),
    };
    enrolments.set(key, { ...device, answer });
    answers.set(String(enrolment), answer);
    return ok(answer, 201);
  }

  async function devicesOf(account: string) {
    const devices = [...enrolments.values()].filter((device) => device.account === account);
    const rows = devices.map(async ({ answer }) => {
      const { device: row, credential } = answer as { device: object; credential?: string };
      if (credential === undefined) return { ...row, credentials: [] };
      return { ...row, credentials: [await credentialRow(fromBase64url(credential)!)] };
    });
    return ok({ devices: await Promise.all(rows) });
  }

  async function credentialRow(packet: Uint8Array) {
    const document = (await prove(toBase64url(packet)))!;
    const { fields } = document.document;
    if (fields.type !== 'credential') throw new Error('not a credential');
    const { mode, wallet, name, town, from, until } = fields;
    const id = hex(document.id);
    const row = { serial: fields.serial, id, mode, wallet_id: wallet, currency: 'PKR', name, town };
    return { ...row, from, until, packet: toBase64url(packet) };
  }

  async function printCode({ account, path, body }: Call) {
    const till = Number(/devices\/(\d+)\//.exec(path)?.[1]);
    const device = [...enrolments.values()].find((each) => each.till === till);
    if (device?.account !== account) return problem('device/not_found');
    const ecdhKey = fromBase64url(String(readJson(body)['ecdh_key']));
    const packet = await credentialFor(device, ecdhKey);
    const credential = (await prove(toBase64url(packet)))?.document as Signed<Credential>;
    const code = toBase64url(encodePacket({ kind: 'printed-code', credential }));
    return ok({ credential: { ...(await credentialRow(packet)), packet: code } }, 201);
  }

  async function allow({ account, body }: Call) {
    const { request } = readJson(body);
    const again = answers.get(String(request));
    if (again !== undefined) return ok(again);
    const decoded = await prove(request, deviceOf(String(request)));
    const fields = decoded?.document.fields;
    if (fields?.type !== 'allowance-request') return problem('allowance/signature_invalid');
    if (fields.account !== account) return problem('allowance/wrong_account');
    const nonce = `${hex(fields.keyHash)} ${hex(fields.journalNonce)}`;
    if (nonces.has(nonce)) return problem('allowance/nonce_used');
    if (!useChallenge(account, 'allowance', fields.challenge)) {
      return problem('device/challenge_invalid');
    }
    if (fields.amountMinor > 10_000_000n) return problem('allowance/over_limit');
    const device = enrolments.get(hex(fields.keyHash))!;
    nonces.add(nonce);
    const packet = await issue<Allowance>(signing(), {
      type: 'allowance',
      serial: ++serial,
      suite: device.suite,
      publicKey: device.publicKey,
      journalNonce: fields.journalNonce,
      currency: PKR,
      limitMinor: fields.amountMinor,
      perPaymentMinor:
        policy.perPaymentMinor < fields.amountMinor ? policy.perPaymentMinor : fields.amountMinor,
      count: policy.count,
      firstSequence: 1,
      from: time.now,
      until: time.now + policy.validSeconds,
      claimUntil: time.now + policy.claimSeconds,
      policyEpoch: 1,
      minVersion: policy.minVersion,
    });
    const row = await ledger.reserve(packet, { account, till: device.till, at: stamp(time.now) });
    answers.set(String(request), row);
    return ok(row, 201);
  }

  /** The device that the request's key hash names, before its signature is verified. */
  function deviceOf(text: string): Device | undefined {
    const bytes = hex(fromBase64url(text) ?? new Uint8Array());
    return [...enrolments].find(([hash]) => bytes.includes(hash))?.[1];
  }

  async function handIn({ account, body }: Call) {
    const batch = decodeCbor(body, { maxBytes: 8_388_608 });
    if (!batch.ok || !Array.isArray(batch.value)) return problem('document/batch_malformed');
    const receipt = await issue<UploadReceipt>(signing(), {
      type: 'upload-receipt',
      sha256: sha256(body),
      uploader: account,
      receivedAt: time.now,
    });
    const outcomes = [];
    for (const item of batch.value) outcomes.push(await ledger.decide(item as Uint8Array));
    const upload_receipt = toBase64url(receipt);
    return ok({ upload_receipt, received_at: stamp(time.now), outcomes });
  }

  async function issueBulletin(
    changes: Partial<Bulletin> = {},
    signer: TestIssuer = signing(),
  ): Promise<Uint8Array> {
    const previous = bulletins.at(-1);
    const packet = await issue<Bulletin>(signer, {
      type: 'bulletin',
      version: bulletins.length + 1,
      previous: previous === undefined ? new Uint8Array(32) : sha256(previous),
      bankTime: time.now,
      nextDue: time.now + DAY,
      revokedAllowances: [...revoked.allowances],
      revokedDevices: [...revoked.devices],
      revokedCredentials: [...revoked.credentials],
      issuerKeys: issuers.map(({ key }) => ({
        number: key.number,
        suite: key.suite,
        publicKey: key.publicKey,
        from: now,
        until: now + 3_650 * DAY,
      })),
      policyEpochs: [{ currency: PKR, epoch: 1 }],
      minVersion: policy.minVersion,
      suites: ['ES256', 'EdDSA', 'PS256'],
      ...changes,
    });
    bulletins.push(packet);
    return packet;
  }

  function bulletinRow(version: number) {
    const packet = bulletins[version - 1];
    if (packet === undefined) return problem('bulletin/not_found');
    const issued_at = stamp(time.now);
    return ok({ version, id: hex(sha256(packet)), issued_at, packet: toBase64url(packet) });
  }

  function challenge({ account, body }: Call) {
    const fresh = crypto.getRandomValues(new Uint8Array(32));
    challenges.set(hex(fresh), `${account} ${String(readJson(body)['purpose'])}`);
    const expires_at = stamp(time.now + 600);
    return ok({ challenge: toBase64url(fresh), expires_at }, 201);
  }

  function keySet() {
    const keys = issuers.map(({ key }) => ({
      number: key.number,
      suite: key.suite,
      public_key: toBase64url(key.publicKey),
      from: now,
      until: now + 3_650 * DAY,
    }));
    return ok({ bank: BANK, log_id: hex(sha256(utf8(BANK))), keys });
  }

  async function answer(method: string, call: Call): Promise<Response> {
    const route = `${method} ${call.path}`;
    log.push(route);
    if (route === 'GET /.well-known/sikka-issuer-keys.json') return keySet();
    if (route === 'POST /api/v1/devices/challenges') return challenge(call);
    if (route === 'POST /api/v1/devices') return enrol(call);
    if (route === 'GET /api/v1/devices') return devicesOf(call.account);
    if (route.endsWith('/printed-codes')) return printCode(call);
    if (route === 'POST /api/v1/allowances') return allow(call);
    if (route === 'GET /api/v1/allowances') return ok({ allowances: ledger.rows(call.account) });
    if (route === 'POST /api/v1/documents') return handIn(call);
    if (route === 'GET /api/v1/bulletins/latest') return bulletinRow(bulletins.length);
    const version = /^GET \/api\/v1\/bulletins\/(\d+)$/.exec(route)?.[1];
    return version === undefined ? problem('request/not_found') : bulletinRow(Number(version));
  }

  const fetchBank: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    const account = headers.get('authorization')?.slice('Bearer '.length) ?? '';
    const body = init?.body;
    const bytes = typeof body === 'string' ? utf8(body) : ((body as Uint8Array) ?? utf8(''));
    const { pathname: path } = new URL(new Request(input).url);
    return answer(init?.method ?? 'GET', { account, path, body: bytes });
  };

  return {
    time,
    policy,
    revoked,
    ledger,
    /** Every call received, as `METHOD /path`. */
    log,
    fetch: fetchBank,
    issuers: () => issuers,
    issueBulletin,
    /** Signed by an older key, which knows the newer ones. */
    issueBulletinSignedBy: (index: number) => issueBulletin({}, issuers[index]),
    bulletins,
    walletOf,
    /** Signs with a fresh key from now on; the old ones go on verifying. */
    async rotate() {
      issuers = [...issuers, await createIssuer(issuers.length + 1, 'EdDSA')];
    },
  };
}

export type TestBank = Awaited<ReturnType<typeof createTestBank>>;

const none = (): Uint8Array[] => [];

function ok(value: object, status = 200): Response {
  return Response.json(value, { status });
}

export function problem(code: ProblemCode): Response {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  const body = { type: `/problems/${code}`, title, status, detail: title, code, transient, advice };
  return Response.json(body, { status });
}

function readJson(body: Uint8Array): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
}

export function stamp(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
