/** Runs in the browser: answers vectors with nothing but the protocol's public functions. */
import {
  decodeCbor,
  decodePacket,
  fromHex,
  MAX_PACKET_BYTES,
  parseQr,
  verifyProof,
  verifySignature,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { Suite } from '@sikka/protocol';

interface TextKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: string;
}

/** The fields of all families together; spec/vectors.md says which has which. */
interface Input {
  readonly bytes: string;
  readonly text: string;
  readonly packet: string;
  readonly suite: Suite;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly issuers: readonly TextKey[];
}

export interface Answer {
  readonly ok: boolean;
  readonly code?: string;
}

type Family = (input: Input) => Answer | Promise<Answer>;

const FAMILIES: Readonly<Record<string, Family>> = {
  encoding: ({ bytes }) => decodeCbor(fromHex(bytes), { maxBytes: MAX_PACKET_BYTES }),
  suites: async ({ suite, publicKey, message, signature }) => ({
    ok: await verifySignature(suite, fromHex(publicKey), fromHex(message), fromHex(signature)),
  }),
  packets: ({ bytes }) => decodePacket(fromHex(bytes)),
  qr: ({ text }) => parseQr(text),
  proofs: ({ packet, issuers }) => {
    const keys = issuers.map((key) => ({ ...key, publicKey: fromHex(key.publicKey) }));
    const trust = {
      issuers: new Map(keys.map((key) => [key.number, key])),
      verifier: webCryptoVerifier,
    };
    return verifyProof(fromHex(packet), trust);
  },
};

/** Whether each input is accepted, and the code where not. */
export async function answerAll(family: string, inputs: readonly object[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const input of inputs) {
    const answer = await FAMILIES[family]?.(input as Input);
    const { ok, code } = answer ?? { ok: false, code: 'no such family' };
    answers.push(ok || code === undefined ? { ok } : { ok, code });
  }
  return answers;
}
