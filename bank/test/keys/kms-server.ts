import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from './signature-v4.ts';

export const KEY_1 = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
export const KEY_2 = 'arn:aws:kms:eu-west-1:111122223333:key/66666666-7777-8888-9999-000000000000';
export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

type Failure =
  'hang' | 'drop' | 'huge' | 'redirect' | 'nonsense' | { status: number; type: string };

export interface KmsServer {
  readonly endpoint: string;
  /** Actions in the order in which they came, those that failed too. */
  readonly calls: readonly string[];
  /** What the next calls meet, one each. */
  fail(...failures: Failure[]): void;
  /** From now on a key answers DisabledException. */
  disable(arn: string): void;
  /** As devices call it. */
  encrypt(arn: string, plaintext: Uint8Array, context: Record<string, string>): Buffer;
  close(): Promise<void>;
}

/**
 * The part of AWS KMS that the bank uses, by its HTTP API: JSON 1.1 in one POST, requests signed
 * by Signature Version 4, ciphertexts bound to key and encryption context, errors by `__type`.
 */
export async function startKms(): Promise<KmsServer> {
  const keys = new Map([KEY_1, KEY_2].map((arn) => [arn, createSecretKey(randomBytes(32))]));
  const disabled = new Set<string>();
  const calls: string[] = [];
  const failures: Failure[] = [];

  const encrypt = (arn: string, plaintext: Uint8Array, context: Record<string, string>) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keys.get(arn)!, nonce);
    cipher.setAAD(aadOf(arn, context));
    const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
    const name = Buffer.from(arn.padEnd(96));
    return Buffer.concat([Buffer.of(1), name, nonce, ...sealed]);
  };
  const decrypt = (arn: string, blob: Buffer, context: Record<string, string>) => {
    const made = blob.toString('latin1', 1, 97).trimEnd();
    if (blob.length < 125 || !keys.has(made)) throw new Refusal('InvalidCiphertextException');
    if (made !== arn) throw new Refusal('IncorrectKeyException');
    const decipher = createDecipheriv('aes-256-gcm', keys.get(arn)!, blob.subarray(97, 109));
    decipher.setAAD(aadOf(arn, context));
    decipher.setAuthTag(blob.subarray(-16));
    try {
      return Buffer.concat([decipher.update(blob.subarray(109, -16)), decipher.final()]);
    } catch {
      throw new Refusal('InvalidCiphertextException');
    }
  };
  const act = (action: string, body: Record<string, unknown>) => {
    const arn = String(body['KeyId']);
    const context = (body['EncryptionContext'] ?? {}) as Record<string, string>;
    if (!keys.has(arn)) throw new Refusal('NotFoundException');
    if (disabled.has(arn)) throw new Refusal('DisabledException');
    if (action === 'GenerateDataKey' && body['KeySpec'] === 'AES_256') {
      const key = randomBytes(32);
      const CiphertextBlob = encrypt(arn, key, context).toString('base64');
      return { KeyId: arn, Plaintext: key.toString('base64'), CiphertextBlob };
    }
    if (action === 'Decrypt') {
      const blob = Buffer.from(String(body['CiphertextBlob']), 'base64');
      const Plaintext = decrypt(arn, blob, context).toString('base64');
      return { KeyId: arn, Plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    }
    throw new Refusal('UnknownOperationException');
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await textOf(request);
    const action = String(request.headers['x-amz-target']).replace('TrentService.', '');
    calls.push(action);
    const failure = failures.shift();
    if (failure !== undefined) return misbehave(response, failure);
    const headers = request.headers as Record<string, string | undefined>;
    const { method = '', url: path = '' } = request;
    try {
      const signed = verifySignature({ method, path, headers, body }, CREDENTIALS);
      if (signed !== 'ok') {
        throw new Refusal(signed === 'Mismatch' ? 'InvalidSignatureException' : signed);
      }
      if (!String(headers['authorization']).includes('/eu-west-1/kms/')) {
        throw new Refusal('InvalidSignatureException');
      }
      if (headers['content-type'] !== 'application/x-amz-json-1.1') {
        throw new Refusal('SerializationException');
      }
      send(response, 200, act(action, JSON.parse(body) as Record<string, unknown>));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, 400, { __type: error.type, message: 'No.' });
    }
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    fail: (...next) => void failures.push(...next),
    disable: (arn) => void disabled.add(arn),
    encrypt,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

class Refusal extends Error {
  readonly type: string;
  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

function aadOf(arn: string, context: Record<string, string>): Buffer {
  return Buffer.from(JSON.stringify([arn, Object.entries(context).sort()]));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}

function misbehave(response: ServerResponse, failure: Failure): void {
  if (failure === 'hang') return;
  if (failure === 'drop') return void response.destroy();
  if (failure === 'nonsense') return void response.writeHead(200).end('<html>');
  if (failure === 'huge') return void response.writeHead(200).end(' '.repeat(1_000_000));
  if (failure === 'redirect') {
    return void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
  }
  send(response, failure.status, { __type: `com.amazonaws.kms#${failure.type}` });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
