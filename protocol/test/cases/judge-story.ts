import { encodePacket, hex } from '../../src/index.ts';
import type { Allowance, JudgeCode, Payment, Signed } from '../../src/index.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW } from '../support/scene.ts';
import { issuersJson } from './case.ts';
import type { JsonObject, VectorRow } from './case.ts';

const SPEC = 'judge.md §2';

export const scene = scenery.createScene();

export type Changes<T> = Partial<Omit<T, 'type'>>;

/** One allowance, what the payee shows, and the payment that is acceptable to everybody. */
export interface Story {
  readonly under: Signed<Allowance>;
  readonly paid: Signed<Payment>;
  readonly requestPacket: Uint8Array;
  readonly requestId: Uint8Array;
  readonly printedPacket: Uint8Array;
  readonly printedId: Uint8Array;
  readonly credentialId: Uint8Array;
}

export async function tell(): Promise<Story> {
  const under = await scenery.allowance(scene, { firstSequence: 4 });
  const by = await scenery.credential(scene);
  const printed = await scenery.printedCredential(scene);
  const asked = await scenery.request(scene, by);
  const credentialId = scenery.idOf(by);
  const requestId = scenery.idOf(asked, credentialId);
  return {
    under,
    paid: await scenery.payment(scene, under, { sequence: 4, bind: requestId }),
    requestPacket: encodePacket({ kind: 'request', credential: by, request: asked }),
    requestId,
    printedPacket: encodePacket({ kind: 'printed-code', credential: printed }),
    printedId: scenery.idOf(printed),
    credentialId,
  };
}

export const at = (target: Uint8Array, more: JsonObject = {}): JsonObject => ({
  target: hex(target),
  bankTime: NOW,
  ...more,
});
export const payee = ({ requestPacket }: Story, more: JsonObject = {}): JsonObject => ({
  as: 'payee',
  ...at(requestPacket, more),
});
export const payer = ({ requestPacket }: Story, more: JsonObject = {}): JsonObject => ({
  as: 'payer',
  ...at(requestPacket, more),
});
export const bank = (more: JsonObject = {}): JsonObject => ({
  as: 'bank',
  allowanceKnown: true,
  payeeCurrency: scenery.PKR,
  receivedAt: NOW + DAY,
  ...more,
});
export const observer = (more: JsonObject = {}): JsonObject => ({ as: 'observer', ...more });

export function row(
  name: string,
  about: string,
  { packet, context }: { readonly packet: Uint8Array; readonly context: JsonObject },
  expect: JsonObject,
): VectorRow {
  const input = { packet: hex(packet), issuers: issuersJson(scene.issuers), context };
  return { case: name, spec: SPEC, about, input, expect };
}

/** A payment by this payer, other than the story's in some fields. */
export async function paying({ under, requestId }: Story, changes: Changes<Payment>) {
  const document = await scenery.payment(scene, under, {
    sequence: 4,
    bind: requestId,
    ...changes,
  });
  const packet = scenery.paymentPacket(under, document);
  return { document, packet, id: hex(scenery.idOf(document, scenery.idOf(under))) };
}

export async function refusal(
  story: Story,
  [name, code, about]: readonly [string, JudgeCode, string],
  context: JsonObject,
  changes: Changes<Payment> = {},
): Promise<VectorRow> {
  const { packet, id } = await paying(story, changes);
  return row(name, about, { packet, context }, { ok: false, code, paymentId: id });
}
