import { createHash, createHmac } from 'node:crypto';

const FORM = new RegExp(
  '^AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request, ?' +
    'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$',
);

/** One HTTP request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/**
 * AWS Signature Version 4 as the service computes it, for requests without a query; written from
 * its documentation and not with the library under test. Answers the name of the mistake.
 */
export function verifySignature(
  request: ReceivedRequest,
  account: { readonly accessKeyId: string; readonly secretAccessKey: string },
): 'ok' | 'MissingAuthenticationTokenException' | 'UnrecognizedClientException' | 'Mismatch' {
  const given = request.headers['authorization'] ?? '';
  const parts = FORM.exec(given);
  if (parts === null) return 'MissingAuthenticationTokenException';
  const [, id, day = '', region = '', service = '', names = '', signature] = parts;
  if (id !== account.accessKeyId) return 'UnrecognizedClientException';
  const canonical = [
    request.method,
    request.path,
    '',
    ...names
      .split(';')
      .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'] ?? '',
    `${day}/${region}/${service}/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${account.secretAccessKey}`),
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature ? 'ok' : 'Mismatch';
}
