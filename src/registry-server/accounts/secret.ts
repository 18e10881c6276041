import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a guess costs (RFC 7914): `N`·`r`·128 bytes of memory, `p` times the time for that. */
export interface SecretCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** What OWASP recommends at least: 32 MB and some 150 ms a guess. */
export const usualCost: SecretCost = { N: 2 ** 15, r: 8, p: 3 };
const keyBytes = 32;

/** Makes what is kept of a password: the parameters, the salt and the key, from which it can't be had back. */
export async function hashSecret(password: string, cost: SecretCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Whether a password is the one of which a hash was kept. */
export async function secretFits(password: string, kept: string): Promise<boolean> {
  const [scheme, N, r, p, salt = '', key = ''] = kept.split('$');
  if (scheme !== 'scrypt') return false;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64'), cost);
  return timingSafeEqual(derived, Buffer.from(key, 'base64'));
}

/** A token that nobody guesses, and that secret scanners can know by its first letters. */
export function makeToken(): string {
  return `wrt_${randomBytes(32).toString('base64url')}`;
}

function derive(password: string, salt: Uint8Array, cost: SecretCost): Promise<Buffer> {
  // As much as OpenSSL reckons that it needs.
  const options = { ...cost, maxmem: 128 * cost.r * (cost.N + cost.p + 2) };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, keyBytes, options, (error, key) =>
      // Bun says undefined where Node says null.
      error ? reject(error) : resolve(key),
    );
  });
}
