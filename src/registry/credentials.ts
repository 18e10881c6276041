import { EngineError } from '#base';
import type { Reference } from '#oci';
import type { Challenge } from './challenge.ts';
import { readBody } from './read-body.ts';
import { accessDenied, refusal } from './refusal.ts';
import type { Transport } from './transport.ts';
import type { RegistryAuth } from './types.ts';

const tokenLimitBytes = 1 << 20;
const clientId = 'wharf';

/** One who asks for one repository. */
export interface Applicant {
  readonly reference: Reference;
  readonly auth: RegistryAuth | undefined;
  readonly anyCertificate: boolean;
}

/**
 * The Authorization header that answers a challenge: basic credentials, or a token that is bought with them, or
 * without any for what is public.
 * @throws EngineError, when the token server refuses, or credentials are missing
 */
export async function answerChallenge(
  transport: Transport,
  challenge: Challenge,
  applicant: Applicant,
  signal: AbortSignal,
): Promise<string> {
  if (challenge.scheme === 'bearer') {
    return `Bearer ${await fetchToken(transport, challenge, applicant, signal)}`;
  }
  const basic = basicHeader(applicant.auth);
  if (basic === undefined) throw accessDenied(applicant.reference, 'no basic auth credentials');
  return basic;
}

async function fetchToken(
  transport: Transport,
  challenge: Challenge & { scheme: 'bearer' },
  applicant: Applicant,
  signal: AbortSignal,
): Promise<string> {
  const { reference, auth, anyCertificate } = applicant;
  const request = auth?.identityToken === undefined ? tokenByGet : tokenByRefresh;
  const response = await transport.send({ ...request(challenge, applicant), anyCertificate, signal });
  if (response.status !== 200) throw await refusal(response, reference);
  const answer: unknown = JSON.parse(new TextDecoder().decode(await readBody(response, tokenLimitBytes)));
  const { token, access_token: accessToken } = answer as { token?: unknown; access_token?: unknown };
  const found = token ?? accessToken;
  if (typeof found === 'string' && found !== '') return found;
  throw new EngineError('unavailable', `authorization server ${response.url.host} did not include a token`);
}

function tokenByGet(challenge: Challenge & { scheme: 'bearer' }, { reference, auth }: Applicant) {
  const url = new URL(challenge.realm);
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', scopeOf(challenge, reference));
  const basic = basicHeader(auth);
  if (basic !== undefined && auth?.username !== undefined) url.searchParams.set('account', auth.username);
  return { url, headers: basic === undefined ? {} : { Authorization: basic } };
}

function tokenByRefresh(challenge: Challenge & { scheme: 'bearer' }, { reference, auth }: Applicant) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: auth?.identityToken ?? '',
    client_id: clientId,
    scope: scopeOf(challenge, reference),
    service: challenge.service ?? '',
  });
  return {
    url: new URL(challenge.realm),
    method: 'POST' as const,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

function scopeOf({ scope }: Challenge & { scheme: 'bearer' }, { path }: Reference): string {
  return scope ?? `repository:${path}:pull`;
}

function basicHeader(auth: RegistryAuth | undefined): string | undefined {
  if (auth?.username === undefined || auth.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
