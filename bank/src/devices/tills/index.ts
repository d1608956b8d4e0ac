/** Tills: registered devices of tenants, tenants, and the money behind them. */
export type { Tenant, TenantType } from './tenants.ts';
export { ensureFloat, floatsOf, openTenant, tenantByAlias } from './tenants.ts';
export type { NewTill, Till, TillStatus } from './tills.ts';
export { changeTillStatus, lockTill, markSeen, registerTill, tillOf } from './tills.ts';
