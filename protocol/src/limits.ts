/**
 * Limits on everything that comes from outside (spec/encoding.md §3), each with its reason.
 * Checked before anything else looks at the input.
 */

/** Payload of any document but a bulletin: the largest, with an RSA key, is under 450 bytes. */
export const MAX_PAYLOAD_BYTES = 1_024;

/** Payload of a bulletin: about 7,000 revocations. */
export const MAX_BULLETIN_PAYLOAD_BYTES = 262_144;

/** A packet: three documents with RSA keys and signatures are under 2,600 bytes. */
export const MAX_PACKET_BYTES = 4_096;

/** A sealed packet: the greatest padded plaintext, its tag, `enc` and the heads are 4,187 bytes. */
export const MAX_SEALED_PACKET_BYTES = 4_224;

/** A packet that holds a bulletin. */
export const MAX_BULLETIN_PACKET_BYTES = 270_336;

/** A QR text: a version 40 code holds 4,296 characters. */
export const MAX_QR_TEXT_CHARACTERS = 8_192;

/** Packets in one batch over HTTP: a merchant's fortnight, and bounded work a request. */
export const MAX_BATCH_PACKETS = 5_000;

/** Bytes of one batch over HTTP. */
export const MAX_BATCH_BYTES = 8_388_608;

/** Arrays inside one another: the profile's documents need 4. */
export const MAX_DEPTH = 8;

/** CBOR items in one input: a bulletin of 262,144 bytes holds at most 7,710 ids. */
export const MAX_ITEMS = 8_192;

/** The greatest integer of the profile: what a signed 64-bit column holds. */
export const MAX_INTEGER = 2n ** 63n - 1n;

/** The greatest amount, in minor units: exact in every JSON reader and every database. */
export const MAX_AMOUNT_MINOR = 2n ** 53n - 1n;

/** Source blocks of one message in frames: half of the 256 frames, so half may be lost. */
export const MAX_SOURCE_BLOCKS = 128;

/** Bytes of one frame's block: a frame then fits a QR version that cheap cameras read. */
export const MAX_BLOCK_BYTES = 400;

/** Frames of one message: their number is an element of GF(2^8). */
export const MAX_FRAMES = 256;

/** A message in frames: 128 blocks of 400 bytes. */
export const MAX_FRAMED_BYTES = MAX_SOURCE_BLOCKS * MAX_BLOCK_BYTES;

/** A message in chunks: the greatest packet that one phone shows another, a sealed one. */
export const MAX_CHUNKED_BYTES = MAX_SEALED_PACKET_BYTES;

/** A chunk at the least: what every link of Bluetooth LE carries in one value (ATT_MTU 23). */
export const MIN_CHUNK_BYTES = 20;

/** A chunk at the most: no value of a characteristic is longer (Core 5.4, vol. 3 F 3.2.9). */
export const MAX_CHUNK_BYTES = 512;

/** A name in UTF-8: fits the largest line of a phone's confirm screen, and the QR budget. */
export const MAX_NAME_BYTES = 32;

/** A town in UTF-8. */
export const MAX_TOWN_BYTES = 24;

/** Imported public keys kept for reuse in a browser: a till meets a few hundred payers a day. */
export const MAX_CACHED_KEYS = 1_000;

/** Imported public keys kept for reuse on a server, by all of its threads: 5 to 6 kB each. */
export const MAX_CACHED_KEYS_NODE = 50_000;

/** Sequences, counts, versions and epochs: what a signed 32-bit column holds. */
export const MAX_COUNTER = 2 ** 31 - 1;

/** 9999-12-31T23:59:59Z, in seconds: the last time that every calendar and database can write. */
export const MAX_TIME = 253_402_300_799;

/** Hashes of one inclusion path: one for each level of a log of 2^53 entries. */
export const MAX_PATH_HASHES = 53;

/** A merchant code in print (EMVCo QRCPS §3): what a phone reads from a counter's distance. */
export const MAX_EMV_CHARACTERS = 512;

/** 9,999,999,999.99: the 13 characters of an amount in a merchant code. */
export const MAX_EMV_AMOUNT_MINOR = 999_999_999_999n;

/** Objects and arrays inside one another in a signed JSON text: the older clients' need 1. */
export const MAX_WALLET_KEY_DEPTH = 4;

/** Values in a signed JSON text: the older clients' have eight. */
export const MAX_WALLET_KEY_VALUES = 128;

/** Characters of the nonce of a wallet-key payment: older clients' have 32 to 36. */
export const MAX_WALLET_KEY_NONCE = 128;

/** Characters of its timestamp: ISO 8601 with microseconds and a zone has 32. */
export const MAX_WALLET_KEY_TIMESTAMP = 64;

/** A sealed ledger over HTTP: 5,000 entries of about 1,200 characters, sealed and in base64. */
export const MAX_LEDGER_CHARACTERS = 8_388_608;

/** Entries of one ledger: it grows and is sent whole each time; bounded work a request. */
export const MAX_LEDGER_ENTRIES = 5_000;

/** Values in a ledger: an entry of the older pages has about 25. */
export const MAX_LEDGER_VALUES = 64 * MAX_LEDGER_ENTRIES;

/** Objects and arrays inside one another in a ledger: the older pages' need 6. */
export const MAX_LEDGER_DEPTH = 8;

/** Bytes of what the sender of one transaction signed: the older pages' have about 350. */
export const MAX_LEDGER_TRANSACTION_BYTES = 2_048;

/** Characters of the ids of older clients: a UUID has 36, an IBAN 24. */
export const MAX_OLDER_ID_CHARACTERS = 128;

/** Bytes of a bundle as it was signed: 1,000 transactions that each carry a signed payment. */
export const MAX_BUNDLE_BYTES = 6_291_456;

/** Transactions of one bundle: what settles in one pass. */
export const MAX_BUNDLE_TRANSACTIONS = 1_000;

/** Values in a bundle. */
export const MAX_BUNDLE_VALUES = 64 * MAX_BUNDLE_TRANSACTIONS;

/** Objects and arrays inside one another in a bundle: `meta` is the till's own. */
export const MAX_BUNDLE_DEPTH = 10;

/** Characters of one transaction's `meta`, a signed payment in base64 included. */
export const MAX_BUNDLE_META_CHARACTERS = 8_192;

/** Wrong PINs that a device reports: more say no more. */
export const MAX_FAILED_PINS = 1_000;

/** A public key of a device in PEM: RSA of 4,096 bits has about 800 characters. */
export const MAX_DEVICE_PEM_CHARACTERS = 2_048;

/** A bundle as the older code or link carries it: more than the largest QR code holds. */
export const MAX_BUNDLE_URI_CHARACTERS = 65_536;
