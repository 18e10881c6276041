import { randomUUID } from 'node:crypto';
import type { Account, AccountRecords } from '../accounts/account-records.ts';
import { hasExpired } from '../accounts/credentials.ts';
import type { Scope } from './scopes.ts';
import { type Claims, readToken, signToken } from './signed.ts';

/** Whom tokens are for. What was signed for another service is void here. */
export const service = 'wharf-registry';

export const accessSeconds = 300;
const refreshSeconds = 90 * 86_400;
/** Clocks of two machines may differ so much. */
const leewaySeconds = 5;

/** A token that lets its bearer do something for a short time. */
export interface Grant {
  /** Undefined for one that was given to nobody in particular. */
  readonly account: Account | undefined;
  readonly scopes: readonly Scope[];
}

/**
 * Gives out and reads tokens. A token is worth what its account may still do: it is void when the account is gone or
 * has a new password.
 */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #accounts: AccountRecords;

  constructor(key: Uint8Array, accounts: AccountRecords) {
    this.#key = key;
    this.#accounts = accounts;
  }

  /** A token for the distribution API. */
  grant(account: Account | undefined, scopes: readonly Scope[], nowMs = Date.now()): string {
    return this.#sign('access', account, accessSeconds, nowMs, { access: scopes });
  }

  /** A token to get further ones with, in place of a password. */
  refresher(account: Account, nowMs = Date.now()): string {
    return this.#sign('refresh', account, refreshSeconds, nowMs, {});
  }

  /** What a token of grant() allows; undefined for one that is void. */
  readGrant(token: string, nowMs = Date.now()): Grant | undefined {
    const claims = this.#read('access', token, nowMs);
    if (claims === undefined) return undefined;
    const scopes = Array.isArray(claims.access) ? claims.access.filter(isScope) : [];
    if (claims.sub === '') return { account: undefined, scopes };
    const account = this.#accountOf(claims);
    return account === undefined ? undefined : { account, scopes };
  }

  /** Whose a token of refresher() is; undefined for one that is void. */
  readRefresher(token: string, nowMs = Date.now()): Account | undefined {
    const claims = this.#read('refresh', token, nowMs);
    return claims === undefined ? undefined : this.#accountOf(claims);
  }

  #sign(use: string, account: Account | undefined, seconds: number, nowMs: number, more: Claims): string {
    const now = Math.floor(nowMs / 1000);
    return signToken(this.#key, {
      iss: service,
      aud: service,
      use,
      sub: account?.name ?? '',
      generation: account?.generation,
      iat: now,
      nbf: now - leewaySeconds,
      exp: now + seconds,
      jti: randomUUID(),
      ...more,
    });
  }

  #read(use: string, token: string, nowMs: number): Claims | undefined {
    const claims = readToken(this.#key, token);
    const now = nowMs / 1000;
    if (claims === undefined || claims.use !== use || claims.aud !== service) return undefined;
    return Number(claims.nbf) <= now && now < Number(claims.exp) ? claims : undefined;
  }

  #accountOf({ sub, generation }: Claims): Account | undefined {
    const account = this.#accounts.find(String(sub));
    return account === undefined || account.generation !== generation || hasExpired(account)
      ? undefined
      : account;
  }
}

function isScope(value: unknown): value is Scope {
  if (typeof value !== 'object' || value === null) return false;
  return 'type' in value && 'name' in value && 'actions' in value && Array.isArray(value.actions);
}
