import { createHmac } from 'node:crypto';

/**
 * The header `Sikka-Signature`: `t=<seconds>,v1=<hex HMAC-SHA256(secret, t "." body)>`. The time is
 * signed, so that who keeps a delivery cannot send it again later as if it were new.
 */
export function signatureHeader(secret: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
