/** Limits on what the wallet takes, keeps and waits for, each with its reason. */

/** Requests open at one till: a queue of customers is shorter, and each has a key to try. */
export const MAX_OPEN_REQUESTS = 64;

/** A request lives at most a day, so that its key is not kept for long; seconds. */
export const MAX_REQUEST_SECONDS = 86_400;

/** The usual life of a request: long enough to find the phone and type a PIN; seconds. */
export const DEFAULT_REQUEST_SECONDS = 600;

/** Packets in one upload: a reply on a slow line within seconds; the bank takes 5,000. */
export const UPLOAD_PACKETS = 200;

/** Contradicting documents kept to be handed in: the first proves it, the rest cost storage. */
export const MAX_EVIDENCE = 100;

/** Bulletins fetched one by one at one sync, where the newest is signed by a key not yet known. */
export const MAX_BULLETIN_STEPS = 200;

/** One append to the store: the largest entry, a batch's outcomes, is under 100 kB. */
export const MAX_APPEND_BYTES = 1_048_576;

/** What a witness remembers: two hashes and a number. */
export const MAX_WITNESS_BYTES = 128;

/** A journal file: at about 1.5 kB a payment, more than a hundred thousand payments. */
export const MAX_JOURNAL_BYTES = 268_435_456;

/** How long a verb waits for another tab or process to let go of the store; milliseconds. */
export const LOCK_WAIT_MS = 10_000;

/** A PIN in UTF-8 bytes: digits or a passphrase; scrypt's input is not to be a way to load it. */
export const MIN_PIN_BYTES = 4;
export const MAX_PIN_BYTES = 128;

/** Wrong PINs that cost nothing: fat fingers. */
export const FREE_PIN_TRIES = 3;

/** The wait after the first wrong PIN that is not free; it doubles with each; seconds. */
export const FIRST_PIN_WAIT_SECONDS = 30;

/** The longest wait: at one try a day, a 4-digit PIN takes a thief years; seconds. */
export const MAX_PIN_WAIT_SECONDS = 86_400;

/** scrypt, N = 2^17, r = 8, p = 1 (OWASP): 128 MiB and about 0.4 s a guess. */
export const SCRYPT_LOG_N = 17;
/** Below this a stolen file is guessed too fast; tests may go down to it. */
export const MIN_SCRYPT_LOG_N = 10;
/** Above this a forged file would take all memory (1 GiB). */
export const MAX_SCRYPT_LOG_N = 20;

/** PBKDF2-SHA-256 in a browser, which has nothing better built in (OWASP 2023). */
export const PBKDF2_ITERATIONS = 600_000;
export const MAX_PBKDF2_ITERATIONS = 10_000_000;

/** Documents of one backup: what the bank takes in one request, a merchant's fortnight. */
export const MAX_BACKUP_PACKETS = 5_000;

/** A backup's file: that many documents of the usual 0.8 kB, and room. */
export const MAX_BACKUP_BYTES = 8_388_608;

/** A backup's code: six digits at least; PBKDF2's input is not to be a way to load it. */
export const MIN_BACKUP_CODE_BYTES = 6;
export const MAX_BACKUP_CODE_BYTES = 128;

/** Transactions of one bundle as a till pushes it: a reply on a slow line; the bank takes 1,000. */
export const PUSH_TRANSACTIONS = 200;

/** Transactions in one code to be shown: some 20 kB in frames, a minute before a camera. */
export const SHOWN_TRANSACTIONS = 50;

/** Pushes of one sync: bundles cut in two, where the bank refuses one, end here. */
export const MAX_PUSHES = 16;

/** Transactions that wait at one till: months without a network. */
export const MAX_PENDING_TRANSACTIONS = 10_000;

/** Characters of a till's id, so that the ids made of it stay within 128. */
export const MAX_DEVICE_ID = 64;

/** How long a request of a till may take; milliseconds. */
export const PUSH_TIMEOUT_MS = 30_000;

/** How often a till looks for a bank, unless told otherwise; milliseconds. */
export const SYNC_INTERVAL_MS = 60_000;

/** The longest wait of a till between two tries; milliseconds. */
export const MAX_RETRY_MS = 3_600_000;

/** Bytes of a block in the frames that a till or a ledger's party shows. */
export const SHOWN_BLOCK_BYTES = 400;

/** Files of a ledger's sender kept to be handed over again: about 2 kB each. */
export const MAX_KEPT_FILES = 100;

/** Until a tab sees what one just closed wrote to `localStorage`; milliseconds. */
export const STORAGE_SETTLES_MS = 100;

/** How long a phone waits to be connected to a till over Bluetooth; milliseconds. */
export const NEARBY_CONNECT_MS = 15_000;

/** One read or write of the air: links that need longer are out of reach; milliseconds. */
export const NEARBY_OPERATION_MS = 10_000;

/** A turn at a till: a request, a payment and a receipt in chunks of 20 bytes take ten seconds. */
export const NEARBY_TURN_MS = 30_000;

/** Turns that break before the person is told: the code on the screen is quicker then. */
export const MAX_NEARBY_TRIES = 3;

/** Until a broken turn is tried again: the till has to see first that it broke; milliseconds. */
export const NEARBY_PAUSE_MS = 2_000;

/** Between two looks whether the till has judged; milliseconds. */
export const NEARBY_LOOK_MS = 250;

/** Payments that a till judges in one turn: one, and those of tries that broke. */
export const MAX_NEARBY_JUDGED = 4;
