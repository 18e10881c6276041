import type { HttpRequest } from '#serve/http';
import type { Credentials } from '../accounts/credentials.ts';

/** What a request says of who sends it. */
export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly credentials: Credentials }
  | { readonly kind: 'bearer'; readonly token: string };

/** Reads the Authorization header; one that is neither Basic nor Bearer says nothing. */
export function readAuthorization({ headers }: HttpRequest): Authorization {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(headers.get('authorization') ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return { kind: 'bearer', token: value };
  if (scheme.toLowerCase() !== 'basic') return { kind: 'none' };
  const [, name, password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
  return name === undefined ? { kind: 'none' } : { kind: 'basic', credentials: { name, password } };
}
