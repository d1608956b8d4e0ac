import {
  encodeLedgerCarrier,
  encodeLedgerItem,
  encodeWalletKeyItem,
  fromHex,
  javascriptJson,
  LEDGER_CODES,
  openLedgerUpload,
  openLedgerCarrier,
  checkLedger,
  parseJsonText,
  plainOf,
  PROTOCOL_CODES,
  proveWalletKey,
  pythonJson,
  readAttestation,
  readDeviceKey,
  readLedgerCarrier,
  readLedgerItem,
  readSpki,
  readWalletKeyItem,
  utf8,
  walletKeyOf,
} from '@sikka/protocol';
import type { JsonNode } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { isDeepStrictEqual } from 'node:util';
import { bytesUnder, inputsOf, textsUnder } from '../seeds.ts';
import { requireSameBytes, requireThat, saidOf, textOf } from '../target.ts';
import type { Target } from '../target.ts';

const verifier = nodeVerifier();
const WALLET_KEY_CODES = new Set<string>(PROTOCOL_CODES);
const LEDGER = new Set<string>(LEDGER_CODES);
const KEYS = new Set(['malformed', 'bundle/key_invalid']);
const JSON_CODES = new Set(['malformed', 'duplicate_key', 'too_deep']);
const JSON_LIMITS = { depth: 8, nodes: 2_000 };

/** A payment by a wallet's key, and the receiver's attestation beside it. */
const walletKey: Target = {
  name: 'wallet-key',
  shape: 'cbor',
  seeds: () => bytesUnder('wallet-key', 'item'),
  maxBytes: 4_200,
  read: async (input) => {
    const item = readWalletKeyItem(input);
    if (!item.ok) return saidOf(item, WALLET_KEY_CODES);
    requireSameBytes(encodeWalletKeyItem(utf8(item.value.text), item.value.signature), input);
    const [{ modulus } = {}] = inputsOf('wallet-key');
    const key = walletKeyOf(fromHex(String(modulus)));
    return saidOf(await proveWalletKey(item.value, key, verifier), WALLET_KEY_CODES);
  },
};

/** The text in such an item, so that its JSON changes. */
const walletKeyText: Target = {
  name: 'wallet-key-text',
  shape: 'json',
  seeds: () => {
    const items = bytesUnder('wallet-key', 'item').map(readWalletKeyItem);
    return items.flatMap((item) => (item.ok ? [utf8(item.value.text)] : []));
  },
  maxBytes: 4_200,
  read: (input) => {
    const text = textOf(input);
    const attestation = saidOf(readAttestation(text), WALLET_KEY_CODES);
    if (input.length > 3_700) return `long ${attestation}`;
    const item = readWalletKeyItem(encodeWalletKeyItem(utf8(text), new Uint8Array(256)));
    if (!item.ok) return `${saidOf(item, WALLET_KEY_CODES)} ${attestation}`;
    requireThat(item.value.claimed.amountMinor > 0n, 'an amount is more than nothing');
    return `ok ${attestation}`;
  },
  growsFrom: 400,
  growing: {
    'digits of an amount': (size) => utf8(`{"amount":"${'1'.repeat(size)}"}`),
    'zeros of an amount': (size) => utf8(`{"amount":"0.${'0'.repeat(size)}"}`),
  },
};

/** Public keys in PEM. */
const pem: Target = {
  name: 'pem',
  shape: 'bytes',
  seeds: () => textsUnder('device-bundle', 'publicKey'),
  maxBytes: 3_000,
  read: (input) => {
    const text = textOf(input);
    return `${saidOf(readSpki(text), KEYS)} ${saidOf(readDeviceKey(text), KEYS)}`;
  },
  growsFrom: 200,
  growing: {
    'spaces in a key': (size) => utf8(`-----BEGIN PUBLIC KEY-----${' \n'.repeat(size / 2)}`),
  },
};

/** A ledger as it is pushed: sealed, signed, a list or one entry. */
const ledger: Target = {
  name: 'ledger',
  shape: 'json',
  seeds: () => textsUnder('sealed-ledger', 'body').filter(({ length }) => length < 20_000),
  maxBytes: 40_000,
  read: async (input) => {
    const upload = await openLedgerUpload(textOf(input), []);
    if (!upload.ok) return saidOf(upload, LEDGER);
    const { form, signed, entries } = upload.value;
    const findings = checkLedger(entries).map(({ code }) => code);
    for (const code of findings) requireThat(LEDGER.has(code), `a code of the list, not ${code}`);
    for (const { transaction } of entries) {
      const again = readLedgerItem(encodeLedgerItem(transaction));
      requireThat(again.ok, 'an entry that was read is an item that is read');
    }
    if (signed !== undefined) {
      requireThat(openLedgerCarrier(encodeLedgerCarrier(signed)).ok, 'its carrier is read');
    }
    return `${form} ${findings.join(' ')}`;
  },
  growsFrom: 4_000,
  growing: {
    'entries of nothing': (size) => utf8(`[${'{},'.repeat(size / 3)}{}]`),
    'members of an entry': (size) => {
      const members = Array.from({ length: size / 8 }, (_, at) => `"k${at}":0`);
      return utf8(`[{${members.join(',')}}]`);
    },
  },
};

/** One transaction of a ledger, and a ledger's carrier, as items of a batch. */
const ledgerItem: Target = {
  name: 'ledger-item',
  shape: 'cbor',
  seeds: () => bytesUnder('sealed-ledger', 'item'),
  maxBytes: 4_200,
  read: (input) => {
    const carrier = readLedgerCarrier(input);
    if (carrier.ok) requireSameBytes(encodeLedgerCarrier(carrier.value), input);
    const item = readLedgerItem(input);
    if (item.ok) requireSameBytes(encodeLedgerItem(item.value), input);
    return `${saidOf(carrier, LEDGER)} ${saidOf(item, LEDGER)}`;
  },
};

/**
 * Every JSON that comes in: bodies over HTTP, statements of policy, ledgers, bundles. What is read
 * is what `JSON.parse` reads; what only `JSON.parse` reads is named.
 */
const json: Target = {
  name: 'json',
  shape: 'json',
  seeds: () => [
    ...textsUnder('sealed-ledger', 'body').filter(({ length }) => length < 3_000),
    utf8('{"a":[1,-0.5e3,"\\u00e9\\n",true,null,{}],"b":{"c":"x"}}'),
    utf8('{"currency":"PKR","per_payment":"5000.00","limit":"20000.00","count":10,"days":7}'),
  ],
  maxBytes: 6_000,
  read: (input) => {
    const text = textOf(input);
    const parsed = parseJsonText(text, JSON_LIMITS);
    const theirs = parsedByEngine(text);
    if (!parsed.ok) {
      if (parsed.code === 'malformed' && theirs !== undefined) requireReason(text);
      return saidOf(parsed, JSON_CODES);
    }
    requireThat(theirs !== undefined, 'what is read is JSON');
    requireThat(isDeepStrictEqual(plainOf(parsed.value), theirs?.it), 'what JSON.parse reads');
    requireWrittenAgain(parsed.value);
    return parsed.value.type;
  },
  growsFrom: 1_000,
  growing: {
    'a string of escapes': (size) => utf8(`"${'\\n'.repeat(size / 2)}"`),
    'a string without an end': (size) => utf8(`"${'a'.repeat(size)}`),
    'a number of digits': (size) => utf8(`[${'9'.repeat(size)}]`),
    'space before nothing': (size) => utf8(`[${' '.repeat(size)}`),
    'other keys': (size) => {
      const members = Array.from({ length: size / 8 }, (_, at) => `"${at}":0`);
      return utf8(`{${members.join(',')}}`);
    },
  },
};

function parsedByEngine(text: string): { readonly it: unknown } | undefined {
  try {
    return { it: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Why a text that engines read is not read: half a pair, a prototype's key, too many values. */
function requireReason(text: string): void {
  const isNamed = /\\u[dD][89a-fA-F]|__proto__|constructor|prototype|\\u00/.test(text);
  const isLong = text.split(/[,:[{]/).length > JSON_LIMITS.nodes;
  requireThat(isNamed || isLong, 'JSON is refused for what the reader says it refuses');
}

/** The forms that older clients signed are JSON of the same value. */
function requireWrittenAgain(node: JsonNode): void {
  const forms = [
    javascriptJson(node),
    pythonJson(node, { spaced: false, stringified: false }),
    pythonJson(node, { spaced: true, stringified: false }),
  ];
  for (const form of forms) {
    if (form === undefined) continue;
    const again = parseJsonText(form, JSON_LIMITS);
    requireThat(again.ok, `a form of what was read is read, not ${form.slice(0, 200)}`);
  }
}

export const OLDER_TARGETS: readonly Target[] = [
  walletKey,
  walletKeyText,
  pem,
  ledger,
  ledgerItem,
  json,
];
