import { EngineError } from '#base';
import type { Reference } from '#oci';
import type { Challenge } from './challenge.ts';
import { readBody } from './read-body.ts';
import { accessDenied, refusal } from './refusal.ts';
import type { Transport } from './transport.ts';
import type { RegistryAuth, RepositoryAccess } from './types.ts';

const tokenLimitBytes = 1 << 20;
const clientId = 'wharf';

/** One who asks for one repository. */
export interface Applicant {
  readonly reference: Reference;
  readonly auth: RegistryAuth | undefined;
  readonly access: RepositoryAccess;
  /** Further repositories, to be read. */
  readonly mountFrom: readonly string[];
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
  anyCertificate: boolean,
  signal: AbortSignal,
): Promise<string> {
  if (challenge.scheme === 'bearer') {
    return `Bearer ${await fetchToken(transport, challenge, applicant, anyCertificate, signal)}`;
  }
  const basic = basicHeader(applicant.auth);
  if (basic === undefined) throw accessDenied(applicant.reference, 'no basic auth credentials');
  return basic;
}

async function fetchToken(
  transport: Transport,
  challenge: Challenge & { scheme: 'bearer' },
  applicant: Applicant,
  anyCertificate: boolean,
  signal: AbortSignal,
): Promise<string> {
  const { reference, auth } = applicant;
  const request = auth?.identityToken === undefined ? tokenByGet : tokenByRefresh;
  const response = await transport.send({ ...request(challenge, applicant), anyCertificate, signal });
  if (response.status !== 200) throw await refusal(response, reference);
  const answer: unknown = JSON.parse(new TextDecoder().decode(await readBody(response, tokenLimitBytes)));
  const { token, access_token: accessToken } = answer as { token?: unknown; access_token?: unknown };
  const found = token ?? accessToken;
  if (typeof found === 'string' && found !== '') return found;
  throw new EngineError('unavailable', `authorization server ${response.url.host} did not include a token`);
}

function tokenByGet(challenge: Challenge & { scheme: 'bearer' }, applicant: Applicant) {
  const { auth } = applicant;
  const url = new URL(challenge.realm);
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  for (const scope of scopesOf(challenge, applicant)) url.searchParams.append('scope', scope);
  const basic = basicHeader(auth);
  if (basic !== undefined && auth?.username !== undefined) url.searchParams.set('account', auth.username);
  return { url, headers: basic === undefined ? {} : { Authorization: basic } };
}

function tokenByRefresh(challenge: Challenge & { scheme: 'bearer' }, applicant: Applicant) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: applicant.auth?.identityToken ?? '',
    client_id: clientId,
    scope: scopesOf(challenge, applicant).join(' '),
    service: challenge.service ?? '',
  });
  return {
    url: new URL(challenge.realm),
    method: 'POST' as const,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

/** What the applicant needs, and what the registry says on top of it; each scope once. */
function scopesOf(
  { scope }: Challenge & { scheme: 'bearer' },
  { reference, access, mountFrom }: Applicant,
): string[] {
  const needed = [
    `repository:${reference.path}:${access}`,
    ...mountFrom.map((path) => `repository:${path}:pull`),
  ];
  return [...new Set([...needed, ...(scope?.split(' ') ?? [])])];
}

function basicHeader(auth: RegistryAuth | undefined): string | undefined {
  if (auth?.username === undefined || auth.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
