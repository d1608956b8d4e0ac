/**
 * The bearer token, so that whoever holds the key can mint one on this machine (`sikka token`).
 * JWS compact, HS256, header exactly `{"alg":"HS256","typ":"at+jwt"}`.
 */
export const TOKEN = {
  algorithm: 'HS256',
  type: 'at+jwt',
  issuer: 'sikka',
  audience: 'sikka-api',
  /** A stolen token is of use this long. */
  lifetimeSeconds: 900,
  /** Between two clocks of one bank. */
  clockSkewSeconds: 5,
  /** A file in DATA_DIR of a demo: 43 base64url characters, mode 0600, made at first start. */
  keyFile: 'token.key',
  /** The key is the UTF-8 bytes of SECRET_KEY, or of the file's text without its line end. */
  keyBytes: 32,
} as const;

/** What an account may do besides using its own money. */
export const ROLES = [
  'user',
  'merchant',
  'agent',
  'support',
  'risk',
  'finance',
  'pay_admin',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

/** Who may call the routes for operators: any of these. */
export const OPERATOR_ROLES: readonly Role[] = ['pay_admin', 'admin'];

/** Whether one of these roles opens the routes for operators. */
export function mayOperate(roles: Iterable<Role>): boolean {
  for (const role of roles) if (OPERATOR_ROLES.includes(role)) return true;
  return false;
}

/** Times in whole seconds since 1970. */
export interface TokenClaims {
  readonly iss: typeof TOKEN.issuer;
  readonly aud: typeof TOKEN.audience;
  /** The account's public id. */
  readonly sub: string;
  /** At most these: the bank also asks its own record of the account. */
  readonly roles: readonly Role[];
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** 16 random bytes, base64url. */
  readonly jti: string;
  /** The session that it belongs to, base64url; its end is the token's end. */
  readonly sid?: string;
  /** Only for handing in what is pending, while the account is blocked. */
  readonly use?: 'hand_in';
}

/** The claims of a fresh token; `jti` is 16 random bytes as base64url, `now` in seconds. */
export function tokenClaims(input: {
  readonly account: string;
  readonly roles: readonly Role[];
  readonly jti: string;
  readonly now: number;
  readonly lifetimeSeconds?: number;
  readonly sid?: string;
  readonly use?: 'hand_in';
}): TokenClaims {
  return {
    iss: TOKEN.issuer,
    aud: TOKEN.audience,
    sub: input.account,
    roles: input.roles,
    iat: input.now,
    nbf: input.now,
    exp: input.now + (input.lifetimeSeconds ?? TOKEN.lifetimeSeconds),
    jti: input.jti,
    ...(input.sid === undefined ? {} : { sid: input.sid }),
    ...(input.use === undefined ? {} : { use: input.use }),
  };
}
