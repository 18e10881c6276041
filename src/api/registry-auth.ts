import { decode } from './schema.ts';
import { type AuthConfig, authConfig } from './system.ts';

/** The credentials in an X-Registry-Auth header: base64url of JSON. What does not decode counts as none. */
export function decodeRegistryAuth(header: string | undefined): AuthConfig | undefined {
  if (header === undefined || header === '') return undefined;
  try {
    const auth = decode(authConfig, JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
    return Object.values(auth).some((value) => value !== '') ? auth : undefined;
  } catch {
    return undefined;
  }
}

export function encodeRegistryAuth(auth: AuthConfig): string {
  const bytes = Buffer.from(JSON.stringify(auth));
  // Padded, as the stock client sends it.
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
