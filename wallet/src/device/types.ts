import type { BundleTransactionType, PublicJwk } from '@sikka/protocol';

/** Where a till keeps what waits: `localStorage`, React Native's AsyncStorage, a file. */
export interface DeviceStorage {
  getItem(key: string): Promise<string | null> | string | null;
  setItem(key: string, value: string): Promise<void> | void;
  removeItem(key: string): Promise<void> | void;
}

export interface OfflineSDKConfig {
  /** The bank's address, without a path's end. */
  readonly apiUrl: string;
  /** 1 … 64 characters of printable ASCII, as registered. */
  readonly deviceId: string;
  readonly storage: DeviceStorage;
  readonly tenantType?: 'merchant' | 'agent' | 'internal';
  readonly tenantId?: string;
  /** ISO 3166 letters. */
  readonly country?: string;
  /** ISO 4217 letters. */
  readonly currency?: string;
  /** Pushes by itself whenever there is a network; true unless told otherwise. */
  readonly autoSync?: boolean;
  /** Milliseconds between two looks; a minute unless told otherwise. */
  readonly syncIntervalMs?: number;
  /**
   * 32 bytes from the platform's own secure storage, under which the device's key is sealed.
   * Needed wherever there is no IndexedDB: the key never lies in `storage` in the clear.
   */
  readonly sealingKey?: Uint8Array;
  /** The bank's sealing key, if the till was given it; else the bank is asked. */
  readonly bankPublicKey?: PublicJwk;
}

export interface CreateTransactionParams {
  readonly type: BundleTransactionType;
  /** In the currency's major unit, with no more places than it has. */
  readonly amount: number | string;
  /** ISO 4217 letters. */
  readonly currency: string;
  /** A wallet number, phone number or alias. */
  readonly sender: string;
  readonly receiver: string;
  readonly merchant_id?: string;
  /** The till's own; `payment` is the payer's payment, not sealed (`SK1:…` or base64). */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A transaction as it waits and travels. */
export interface OfflineTransaction extends CreateTransactionParams {
  /** Unique for this device for ever. */
  readonly local_id: string;
  /** ISO 8601. */
  readonly initiated_at: string;
}

export interface CreateResult {
  readonly success: boolean;
  /** Empty where nothing was kept. */
  readonly localId: string;
  readonly error?: string;
}

export interface SyncResult {
  /** Whether nothing that waited before is waiting still. */
  readonly success: boolean;
  readonly bundlesPushed: number;
  /** Bundles that the bank answered with a refusal; a lost reply is an error and no more. */
  readonly bundlesFailed: number;
  readonly errors: readonly string[];
}

export interface QRResult {
  readonly success: boolean;
  /** The code that older tills show and readers know. */
  readonly qrData?: string;
  /** The same bundle as texts of our frames, to be shown one after another. */
  readonly qrFrames?: readonly string[];
  readonly error?: string;
}
