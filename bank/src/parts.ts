import { threadedVerifier } from '@sikka/protocol/node';
import { record } from './audit/index.ts';
import type { BankConfig } from './config.ts';
import type { Db, Pool } from './db/index.ts';
import { provingDevice, revokedDevices } from './devices/index.ts';
import { createIdentity, createKyc, createPasskeys } from './identity/index.ts';
import type { TokenKey } from './identity/index.ts';
import {
  createBundleKeys,
  createIssuerKeys,
  createSealingKeys,
  createSealingOpeners,
  createSecrets,
  openVaults,
} from './keys/index.ts';
import type { KeyVault, VaultsOptions } from './keys/index.ts';
import type { Metrics } from './http/index.ts';
import type { Logs } from './log.ts';
import {
  createEventStreams,
  createMailer,
  createSmtpTransport,
  createWebhooks,
} from './notify/index.ts';
import { openRail } from './rail/index.ts';
import { createRisk, shippedWeights } from './risk/index.ts';
import { createSettlement } from './settlement/index.ts';
import { createBulletins, createTransferDesk } from './wallets/index.ts';

export type Parts = Awaited<ReturnType<typeof createParts>>;

/** The domains, from the bottom up. */
export async function createParts(
  config: BankConfig,
  on: {
    readonly pool: Pool;
    readonly clock: () => Date;
    readonly logs: Logs;
    readonly tokenKey: TokenKey;
    readonly metrics: Pick<Metrics, 'decided'>;
  },
) {
  const { pool, clock, logs } = on;
  const { application: log, security } = logs;
  const { bankId: bank } = config;
  const vaults = await openVaults(vaultsOf(config));
  const { vault } = vaults;
  const keys = createKeys(config, { pool, vault, clock });
  const { issuerKeys, secrets } = keys;
  const signer = (db: Db) => issuerKeys.signer(db);
  const verifier = threadedVerifier();
  const bulletins = createBulletins({ pool, issuerKeys, readRevokedDevices: revokedDevices });
  const transfers = createTransferDesk(pool);
  const issuers = () => issuerKeys.issuers();
  const observe = on.metrics.decided;
  const settlement = createSettlement({
    ...{ pool, bank, issuers, signer, verifier },
    ...{ clock, observe },
  });
  const identity = await createIdentity({
    ...{ ...on, log: security, vault, secrets, verifier },
    ...{ demo: config.demo, findDevice: provingDevice },
    passwordCost: config.bcryptCost,
    lifetimes: {
      accessSeconds: config.accessTokenMinutes * 60,
      idleMs: config.refreshTokenDays * 86_400_000,
    },
    queueMail: (tx, mail) => mailer.queue(tx, mail),
  });
  const { demo, smtp, mailFrom: from } = config;
  const transport = smtp === undefined ? undefined : createSmtpTransport({ ...smtp, from });
  const mailer = createMailer({ pool, vault, bank, clock, log, demo, transport, from });
  const events = createEventStreams({ pool, clock });
  const { tell } = identity.notices;
  const webhooks = createWebhooks({ pool, vault, bank, clock, log, tell, record });
  const rail = openRail({ ...config.rail, pool, vault, warn: log.warn });
  const weights = shippedWeights();
  const risk = createRisk({ weights });
  const kyc = createKyc({ vault });
  const passkeys = createPasskeys({
    pool,
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    origins: config.corsOrigins,
  });
  return {
    ...{ pool, bank, vault, vaults, signer, verifier, bulletins, settlement },
    ...keys,
    ...identity,
    ...{ mailer, events, webhooks, transfers },
    ...{ kyc, passkeys, rail, risk, weights },
  };
}

/** Keys of the bank itself. */
function createKeys(
  config: BankConfig,
  on: { readonly pool: Pool; readonly vault: KeyVault; readonly clock: () => Date },
) {
  const { pool } = on;
  const { bankId: bank } = config;
  const sealingKeys = createSealingKeys({ ...on, bank });
  return {
    bundleKeys: createBundleKeys(config.vault.bundleKeys),
    issuerKeys: createIssuerKeys({ ...on, bank }),
    sealingKeys,
    sealingOpeners: createSealingOpeners({ db: pool, sealingKeys }),
    secrets: createSecrets({ ...on, bank }),
  };
}

/** Ends what the parts hold open, in the order in which it was opened. */
export function closersOf(parts: Parts): readonly (() => Promise<void>)[] {
  return [() => parts.vaults.close(), () => parts.verifier.close(), () => parts.mailer.close()];
}

/** Every vault that the settings name. */
export function vaultsOf({ vault, dataDir, demo }: BankConfig): VaultsOptions {
  return { ...vault, master: { configured: vault.masterKey, dataDir, production: !demo } };
}
