import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { KeysError } from './errors.ts';
import { damaged } from './gcm.ts';
import { limits } from './limits.ts';

export interface KmsOptions {
  /** Where the service answers: `https://kms.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** What the ciphertext is bound to; AWS writes it into its own log, so it holds no secret. */
export type EncryptionContext = Readonly<Record<string, string>>;

interface Ask {
  /** An ARN. */
  readonly key: string;
  readonly context: EncryptionContext;
}

/**
 * Two actions of AWS KMS (API version 2014-11-01, JSON 1.1, Signature Version 4). Both throw
 * `keys/vault_refused`, `keys/vault_unavailable`; neither message nor cause holds what was sent
 * or received. A failure that may pass is tried `limits.kmsTries` times.
 */
export interface KmsClient {
  /** 32 bytes and their ciphertext. The caller wipes the first. */
  generateDataKey(ask: Ask): Promise<{ readonly key: Uint8Array; readonly wrapped: Uint8Array }>;
  /** Throws `keys/sealed_damaged` too: another key's, another context's, or changed. */
  decrypt(ask: Ask & { readonly ciphertext: Uint8Array }): Promise<Uint8Array>;
}

export function createKmsClient(options: KmsOptions): KmsClient {
  const aws = new AwsClient({ ...options.credentials, service: 'kms', region: options.region });
  const call = (action: string, body: object) => callWithRetries({ aws, ...options }, action, body);
  return {
    generateDataKey: async ({ key, context }) => {
      const ask = { KeyId: key, KeySpec: 'AES_256', EncryptionContext: context };
      const answer = await call('GenerateDataKey', ask);
      return { key: bytesOf(answer, 'Plaintext'), wrapped: bytesOf(answer, 'CiphertextBlob') };
    },
    decrypt: async ({ key, context, ciphertext }) => {
      const CiphertextBlob = Buffer.from(ciphertext).toString('base64');
      const ask = { KeyId: key, CiphertextBlob, EncryptionContext: context };
      return bytesOf(await call('Decrypt', ask), 'Plaintext');
    },
  };
}

interface Service extends Pick<KmsOptions, 'endpoint'> {
  readonly aws: AwsClient;
}

type Answer = Readonly<Record<string, unknown>>;

/** What came of one try: an answer, or a name for what went wrong. */
type Outcome =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly error: string; readonly transient: boolean };

async function callWithRetries(service: Service, action: string, body: object): Promise<Answer> {
  const text = JSON.stringify(body);
  for (let tried = 1; ; tried += 1) {
    const outcome = await callOnce(service, action, text);
    if (outcome.ok) return outcome.answer;
    if (!outcome.transient || tried >= limits.kmsTries) throw errorOf(action, outcome);
    // Between half and all of it, so that those who failed together do not return together.
    const full = limits.kmsPauseMs * 2 ** (tried - 1);
    await pause(randomInt(full / 2, full + 1));
  }
}

async function callOnce(service: Service, action: string, body: string): Promise<Outcome> {
  let response;
  let text;
  try {
    const request = await service.aws.sign(service.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `TrentService.${action}`,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(limits.kmsAnswerMs),
    });
    response = await fetch(request);
    text = await readText(response);
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, error: late ? 'no answer in time' : 'no connection', transient: true };
  }
  const answer = parse(text);
  if (response.ok && answer !== undefined) return { ok: true, answer };
  const type = nameOf(answer) ?? `status ${response.status}`;
  const transient = response.status >= 500 || response.status === 429 || TRANSIENT.test(type);
  return { ok: false, error: type, transient };
}

const TRANSIENT = /^(Throttling|LimitExceeded|RequestLimitExceeded|DependencyTimeout|KMSInternal)/;
/** Not for us to open: says nothing about key or permission. */
const WRONG_BYTES = /^(InvalidCiphertext|IncorrectKey)Exception$/;
/** A try again changes nothing; somebody has to. */
const REFUSED: ReadonlySet<string> = new Set(
  [
    ...['AccessDenied', 'UnrecognizedClient', 'InvalidSignature', 'IncompleteSignature'],
    ...['ExpiredToken', 'MissingAuthenticationToken', 'NotFound', 'Disabled'],
    ...['KMSInvalidState', 'InvalidKeyUsage', 'InvalidArn', 'Validation'],
  ].map((name) => `${name}Exception`),
);

function errorOf(action: string, { error }: Extract<Outcome, { ok: false }>): KeysError {
  if (WRONG_BYTES.test(error)) return damaged();
  const said = `The key service answers ${action} with: ${error}.`;
  return new KeysError(REFUSED.has(error) ? 'keys/vault_refused' : 'keys/vault_unavailable', said);
}

/** `com.amazonaws.kms#DisabledException`: only a word, so that no text of others is repeated. */
function nameOf(answer: Answer | undefined): string | undefined {
  const type = answer?.['__type'];
  return typeof type === 'string' ? /^(?:[\w.]*#)?(\w{1,64})$/.exec(type)?.[1] : undefined;
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    length += bytes.length;
    if (length > limits.kmsAnswerBytes) throw new RangeError('An answer is too long.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function bytesOf(answer: Answer, name: 'Plaintext' | 'CiphertextBlob'): Uint8Array {
  const text = answer[name];
  if (typeof text === 'string' && /^[0-9A-Za-z+/]{4,}={0,2}$/.test(text)) {
    return Buffer.from(text, 'base64');
  }
  throw new KeysError('keys/vault_unavailable', `The key service’s answer has no ${name}.`);
}
