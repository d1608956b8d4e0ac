import { threadedVerifier } from '@sikka/protocol/node';
import { record } from './audit/index.ts';
import type { BankConfig } from './config.ts';
import type { Pool } from './db/index.ts';
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
import type { VaultsOptions } from './keys/index.ts';
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
  },
) {
  const { pool, clock, logs } = on;
  const { application: log, security } = logs;
  const { bankId: bank } = config;
  const vaults = await openVaults(vaultsOf(config));
  const { vault } = vaults;
  const bundleKeys = createBundleKeys(config.vault.bundleKeys);
  const issuerKeys = createIssuerKeys({ pool, vault, bank, clock });
  const sealingKeys = createSealingKeys({ vault, bank, clock });
  const sealingOpeners = createSealingOpeners({ db: pool, sealingKeys });
  const secrets = createSecrets({ pool, vault, bank });
  const signer = () => issuerKeys.signer();
  const verifier = threadedVerifier();
  const readRevokedDevices = revokedDevices;
  const bulletins = createBulletins({ pool, issuerKeys, readRevokedDevices });
  const transfers = createTransferDesk(pool);
  const issuers = () => issuerKeys.issuers();
  const settlement = createSettlement({ pool, bank, issuers, signer, verifier, clock });
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
    ...{
      pool,
      bank,
      vault,
      vaults,
      bundleKeys,
      secrets,
      issuerKeys,
      signer,
      verifier,
      bulletins,
      settlement,
    },
    ...identity,
    ...{ mailer, events, webhooks, transfers },
    ...{ sealingKeys, sealingOpeners, kyc, passkeys, rail, risk, weights },
  };
}

/** Every vault that the settings name. */
export function vaultsOf({ vault, dataDir, demo }: BankConfig): VaultsOptions {
  return { ...vault, master: { configured: vault.masterKey, dataDir, production: !demo } };
}
