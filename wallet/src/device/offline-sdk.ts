import { parseJsonText, readPublicJwk } from '@sikka/protocol';
import type { BundlePush } from '@sikka/protocol';
import { WalletError } from '../errors.ts';
import { MAX_DEVICE_ID, SHOWN_TRANSACTIONS, SYNC_INTERVAL_MS } from '../limits.ts';
import { nextTry, randomFraction, untilNextDay } from './back-off.ts';
import { createBankRequests } from './bank-requests.ts';
import type { BankRequests } from './bank-requests.ts';
import { makeBundle, shownBundle } from './bundle.ts';
import { openDeviceKey } from './device-key.ts';
import type { DeviceSigningKey } from './device-key.ts';
import { newTransaction, openPending } from './pending.ts';
import type { Pending } from './pending.ts';
import { syncPending } from './sync.ts';
import type { SyncOutcome } from './sync.ts';
import type {
  CreateResult,
  CreateTransactionParams,
  OfflineSDKConfig,
  OfflineTransaction,
  QRResult,
  SyncResult,
} from './types.ts';

const DEVICE_ID = /^[ -~]+$/;
/** How soon a transaction or a network that is back is followed by a push; milliseconds. */
const SOON_MS = 1_000;
const NOT_INITIALISED = 'not initialised: call initialize() first';

/**
 * A till that works without a network: it keeps transactions, and hands them to the bank in signed
 * bundles whenever there is one (spec/device-bundle.md). Nothing is forgotten before the bank has
 * answered for it; a transaction pushed twice is one.
 * @throws WalletError `wallet/configuration_invalid`
 */
export class OfflineSDK {
  readonly #config: OfflineSDKConfig;
  readonly #pending: Pending;
  readonly #bank: BankRequests;
  readonly #ended = new AbortController();
  #key: DeviceSigningKey | undefined;
  #syncing: Promise<SyncResult> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(config: OfflineSDKConfig) {
    checkConfig(config);
    const { apiUrl, storage, deviceId } = config;
    this.#config = config;
    this.#pending = openPending(storage, deviceId);
    this.#bank = createBankRequests({ apiUrl, storage, ended: this.#ended.signal });
  }

  /**
   * Loads or makes the device's key, reads what waits, and starts pushing where `autoSync` is on.
   * Rejects with WalletError: `wallet/keys_unprotected`, `wallet/store_damaged`.
   */
  async initialize(): Promise<void> {
    const { deviceId, storage, sealingKey } = this.#config;
    this.#key = await openDeviceKey({ deviceId, storage, sealingKey });
    await this.#pending.read();
    if (!this.#autoSync || this.#ended.signal.aborted) return;
    this.#schedule(this.#interval);
    eventsOf()?.addEventListener('online', this.#backOnline);
  }

  /** The device's public key in PEM, to be registered; null before `initialize`. */
  getPublicKey(): string | null {
    return this.#key?.pem ?? null;
  }

  /** Registers the device, by the token of an operator with the role `pay_admin`. */
  async registerDevice(apiToken: string): Promise<{ success: boolean; error?: string }> {
    const { deviceId, tenantType = 'merchant', tenantId, country, currency } = this.#config;
    if (this.#key === undefined) return { success: false, error: NOT_INITIALISED };
    const device = {
      device_id: deviceId,
      tenant_type: tenantType,
      tenant_id: tenantId,
      pubkey_pem: this.#key.pem,
      country,
      currency_default: currency,
    };
    const answer = await this.#bank.register(device, apiToken);
    return answer.kind === 'taken' ? { success: true } : { success: false, error: answer.error };
  }

  /** Keeps a transaction; `success` says that it is stored. What the bank would not take is not. */
  async createOfflineTransaction(params: CreateTransactionParams): Promise<CreateResult> {
    try {
      const { deviceId } = this.#config;
      const transaction = newTransaction(params, { deviceId, now: new Date() });
      await this.#pending.add(transaction);
      if (this.#key !== undefined && this.#autoSync && this.#failures === 0) {
        this.#schedule(SOON_MS);
      }
      return { success: true, localId: transaction.local_id };
    } catch (error) {
      return { success: false, localId: '', error: sentenceOf(error) };
    }
  }

  getPendingCount(): number {
    return this.#pending.current().length;
  }

  getPendingTransactions(): OfflineTransaction[] {
    return [...this.#pending.current()];
  }

  /** Pushes everything that waits, now; a call while one is under way gets that one's result. */
  syncNow(): Promise<SyncResult> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /**
   * The oldest transactions that wait as a code for somebody who has a network. They go on waiting:
   * the bank takes each once, whoever hands it in.
   */
  async generateOfflineQR(): Promise<QRResult> {
    try {
      const waiting = await this.#pending.read();
      if (waiting.length === 0) return { success: false, error: 'No pending transactions' };
      for (let count = SHOWN_TRANSACTIONS; count >= 1; count >>= 1) {
        const push = await this.#bundle(waiting.slice(0, count));
        if (push === undefined)
          return { success: false, error: 'The bank’s key is not known yet.' };
        const shown = shownBundle(push);
        if (shown !== undefined) return { success: true, ...shown };
      }
      return { success: false, error: 'A transaction is too long for a code.' };
    } catch (error) {
      return { success: false, error: sentenceOf(error) };
    }
  }

  /** Stops pushing; what waits stays stored. A push under way is one whose reply was lost. */
  destroy(): void {
    clearTimeout(this.#timer);
    eventsOf()?.removeEventListener('online', this.#backOnline);
    this.#ended.abort();
    this.#pending.release();
  }

  async #sync(): Promise<SyncResult> {
    try {
      if (this.#key === undefined) throw new Error(NOT_INITIALISED);
      const outcome = await syncPending({
        pending: this.#pending,
        bundle: (transactions) => this.#bundle(transactions),
        push: (bundle) => this.#bank.push(bundle),
      });
      this.#afterSync(outcome);
      return outcome.result;
    } catch (error) {
      // The storage failed: nothing is lost by trying again.
      const errors = [sentenceOf(error)];
      const result = { success: false, bundlesPushed: 0, bundlesFailed: 0, errors };
      this.#afterSync({ result, refused: undefined });
      return result;
    }
  }

  #afterSync({ result, refused }: SyncOutcome): void {
    this.#failures = result.success ? 0 : this.#failures + 1;
    if (!this.#autoSync || this.#key === undefined) return;
    const isForToday = refused?.status === 403 && refused.code?.includes('policy') === true;
    const atLeastMs = isForToday ? untilNextDay(new Date()) : (refused?.retryAfterMs ?? 0);
    const random = randomFraction();
    const wait = { failures: this.#failures, intervalMs: this.#interval, atLeastMs, random };
    this.#schedule(nextTry(wait));
  }

  async #bundle(transactions: readonly OfflineTransaction[]): Promise<BundlePush | undefined> {
    const { deviceId } = this.#config;
    const signer = this.#key?.signer;
    if (signer === undefined) throw new Error(NOT_INITIALISED);
    const bankKey = pinnedKey(this.#config) ?? (await this.#bank.sealingKey());
    if (bankKey === undefined) return undefined;
    return makeBundle(transactions, { deviceId, signer, bankKey, now: new Date() });
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#ended.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#automatically(), afterMs);
  }

  async #automatically(): Promise<void> {
    if (this.getPendingCount() > 0) await this.syncNow();
    else this.#schedule(this.#interval);
  }

  readonly #backOnline = (): void => {
    this.#schedule(Math.floor(SOON_MS * (1 + randomFraction())));
  };

  get #autoSync(): boolean {
    return this.#config.autoSync ?? true;
  }

  get #interval(): number {
    return this.#config.syncIntervalMs ?? SYNC_INTERVAL_MS;
  }
}

/** React Native has a window without events, Node has none. */
function eventsOf(): Window | undefined {
  const { window } = globalThis;
  return typeof window?.addEventListener === 'function' ? window : undefined;
}

function checkConfig(config: OfflineSDKConfig): void {
  const { apiUrl, deviceId, sealingKey, syncIntervalMs } = config;
  const no = (detail: string) => new WalletError('wallet/configuration_invalid', detail);
  if (!/^https?:\/\//.test(apiUrl)) throw no('apiUrl is the address of a bank');
  if (!DEVICE_ID.test(deviceId) || deviceId.length > MAX_DEVICE_ID) {
    throw no(`deviceId has 1 to ${MAX_DEVICE_ID} printable characters`);
  }
  if (sealingKey !== undefined && sealingKey.length !== 32) throw no('sealingKey has 32 bytes');
  if (syncIntervalMs !== undefined && !(syncIntervalMs > 0)) throw no('syncIntervalMs is positive');
  if (config.bankPublicKey !== undefined && pinnedKey(config) === undefined) {
    throw no('bankPublicKey is a public P-256 key');
  }
}

function pinnedKey({ bankPublicKey }: OfflineSDKConfig): Uint8Array | undefined {
  if (bankPublicKey === undefined) return undefined;
  const parsed = parseJsonText(JSON.stringify(bankPublicKey), { depth: 3, nodes: 32 });
  return parsed.ok ? readPublicJwk(parsed.value) : undefined;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'storage failed';
}
