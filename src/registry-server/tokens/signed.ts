import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says, beside what it is for. */
export type Claims = Readonly<Record<string, unknown>>;

const header = encode({ alg: 'HS256', typ: 'JWT' });

/** A JSON Web Token (RFC 7519) that only who has the key can make. */
export function signToken(key: Uint8Array, claims: Claims): string {
  const said = `${header}.${encode(claims)}`;
  return `${said}.${macOf(key, said).toString('base64url')}`;
}

/** What a token says, whatever its time; undefined for one that was not signed with the key, or not by signToken(). */
export function readToken(key: Uint8Array, token: string): Claims | undefined {
  const [head, claims = '', mac = '', ...more] = token.split('.');
  // The header is compared, not believed: a token can't choose how it is checked.
  if (head !== header || more.length > 0) return undefined;
  const expected = macOf(key, `${head}.${claims}`);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const value: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function macOf(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
