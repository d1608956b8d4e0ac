import {
  createIssuedCache,
  decodePacket,
  fromHex,
  hex,
  judge,
  judgeTarget,
  PROTOCOL_CODES,
  proveDocument,
  provePayeePacket,
  proveReturn,
  SUITES,
  verifyProof,
  verifySettlement,
} from '@sikka/protocol';
import type { IssuerKey, IssuerKeys, PacketKind } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { documentsIn, inputsOf, packets } from '../seeds.ts';
import { requireThat, saidOf } from '../target.ts';
import type { Target } from '../target.ts';

const CODES = new Set<string>([...PROTOCOL_CODES, 'acceptable']);
const verifier = nodeVerifier();
type Said = { readonly ok: true } | { readonly ok: false; readonly code: string };
type Prove = (bytes: Uint8Array, issuers: IssuerKeys) => Promise<Said>;

/** Whoever holds such a packet proves it with this. */
const PROVERS: Readonly<Partial<Record<PacketKind, readonly Prove[]>>> = {
  payment: [
    (bytes, issuers) => {
      const known = { firstAnswer: undefined, same: undefined, before: undefined };
      const neighbours = { ...known, after: undefined, returned: undefined };
      return judge(bytes, { as: 'observer', known: neighbours, issuers, verifier });
    },
  ],
  return: [(bytes, issuers) => proveReturn(bytes, { issuers, verifier })],
  proof: [(bytes, issuers) => verifyProof(bytes, { issuers, verifier })],
  settlement: [(bytes, issuers) => verifySettlement(bytes, { issuers, verifier })],
  document: [(bytes, issuers) => proveDocument(bytes, { issuers, verifier })],
  request: [provePayee, judgeShown],
  'printed-code': [provePayee, judgeShown],
  receipt: [provePayee],
  refund: [provePayee],
};

function provePayee(bytes: Uint8Array, issuers: IssuerKeys): Promise<Said> {
  return provePayeePacket(bytes, { issuers, verifier, credentials: createIssuedCache(1) });
}

function judgeShown(bytes: Uint8Array, issuers: IssuerKeys): Promise<Said> {
  const known = { bankTime: 1_800_000_000, bulletin: undefined, paidBy: () => undefined };
  return judgeTarget(bytes, { issuers, verifier, ...known });
}

/** Every issuer key of the vectors under which no two disagree. */
function issuersOfVectors(): IssuerKeys {
  const found = new Map<number, IssuerKey>();
  for (const { issuers } of [...inputsOf('judge'), ...inputsOf('targets')]) {
    for (const each of (issuers ?? []) as { number: number; suite: string; publicKey: string }[]) {
      const suite = SUITES.find((name) => name === each.suite);
      if (suite === undefined || found.has(each.number)) continue;
      found.set(each.number, { number: each.number, suite, publicKey: fromHex(each.publicKey) });
    }
  }
  return found;
}

let known: { readonly issuers: IssuerKeys; readonly signed: ReadonlySet<string> } | undefined;

/** The keys, and what stands signed in the vectors. */
function knownOfVectors() {
  known ??= {
    issuers: issuersOfVectors(),
    signed: new Set(packets().flatMap((each) => signedIn(each))),
  };
  return known;
}

/** With its signature: none of the suites lets anybody make another of one that verifies. */
function signedIn(packet: Uint8Array): readonly string[] {
  return documentsIn(packet).map(({ payload, signature }) => hex(payload) + hex(signature));
}

/**
 * Every prover, with real signatures. Whatever is made of signed packets, only what was signed is
 * ever accepted.
 */
export const SIGNATURE_TARGETS: readonly Target[] = [
  {
    name: 'signed',
    shape: 'cbor',
    seeds: packets,
    maxBytes: 6_000,
    read: async (input) => {
      const decoded = decodePacket(input);
      if (!decoded.ok) return 'unread';
      const { issuers, signed } = knownOfVectors();
      const said: string[] = [decoded.value.kind];
      for (const prove of PROVERS[decoded.value.kind] ?? []) {
        const answer = await prove(input, issuers);
        said.push(saidOf(answer, CODES));
        const isOld = signedIn(input).every((document) => signed.has(document));
        if (answer.ok) requireThat(isOld, 'nothing is accepted that nobody signed');
      }
      return said.join(' ');
    },
  },
];
