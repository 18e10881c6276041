import { EngineError } from '#base';
import type { Reference } from '#oci';
import type { Challenge } from './challenge.ts';
import type { Transport, TransportRequest } from './http/transport.ts';
import type { Trust } from './http/trust.ts';
import { readBody } from './read-body.ts';
import { noCredentials, refusal } from './refusal.ts';
import type { RegistryAuth, RepositoryAccess } from './types.ts';

type BearerChallenge = Challenge & { readonly scheme: 'bearer' };
type TokenRequest = Omit<TransportRequest, 'trust' | 'signal'>;

const tokenLimitBytes = 1 << 20;
const tokenDeadlineMs = 30_000;
export const clientId = 'wharf';

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
 * @throws EngineError, when the token server refuses or does not answer, or credentials are missing
 */
export async function answerChallenge(
  transport: Transport,
  challenge: Challenge,
  applicant: Applicant,
  trust: Trust,
  signal: AbortSignal,
): Promise<string> {
  if (challenge.scheme === 'basic') {
    const basic = basicHeader(applicant.auth);
    if (basic === undefined) throw noCredentials(applicant.reference, applicant.access);
    return basic;
  }
  const { auth } = applicant;
  const request = auth?.identityToken
    ? tokenByRefresh(challenge, applicant)
    : tokenByGet(challenge, applicant);
  const deadline = AbortSignal.timeout(tokenDeadlineMs);
  try {
    const bounded = AbortSignal.any([signal, deadline]);
    const answer = await fetchToken(transport, { ...request, trust, signal: bounded }, applicant);
    return `Bearer ${answer.token}`;
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error;
    throw new EngineError('timeout', `Get "${challenge.realm}": context deadline exceeded`, { cause: error });
  }
}

/** What a token server sells. */
export interface TokenAnswer {
  readonly token: string;
  /** For later tokens, without the password. */
  readonly refreshToken: string | undefined;
}

/** @throws EngineError, in the token server's words when it refuses */
export async function fetchToken(
  transport: Transport,
  request: TransportRequest,
  { reference, access }: Pick<Applicant, 'reference'> & Partial<Pick<Applicant, 'access'>>,
): Promise<TokenAnswer> {
  const response = await transport.send(request);
  if (response.status !== 200) throw await refusal(response, reference, access);
  const text = new TextDecoder().decode(await readBody(response, tokenLimitBytes));
  const { token, access_token: accessToken, refresh_token: refreshToken } = parseFields(text);
  const found = token || accessToken;
  if (typeof found === 'string' && found !== '') {
    return { token: found, refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined };
  }
  throw new EngineError('unavailable', `authorization server ${response.url.host} did not include a token`);
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function tokenByGet({ realm, service, scope }: BearerChallenge, applicant: Applicant): TokenRequest {
  const { auth } = applicant;
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const needed of scopesOf(scope, applicant)) url.searchParams.append('scope', needed);
  const basic = basicHeader(auth);
  if (basic !== undefined && auth?.username !== undefined) url.searchParams.set('account', auth.username);
  return { url, headers: basic === undefined ? {} : { Authorization: basic } };
}

function tokenByRefresh({ realm, service, scope }: BearerChallenge, applicant: Applicant): TokenRequest {
  return tokenForm(realm, {
    grant_type: 'refresh_token',
    refresh_token: applicant.auth?.identityToken ?? '',
    client_id: clientId,
    scope: scopesOf(scope, applicant).join(' '),
    service: service ?? '',
  });
}

/** A request to a token server's OAuth 2 half. */
export function tokenForm(realm: string, fields: Readonly<Record<string, string>>): TokenRequest {
  return {
    url: new URL(realm),
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

/** What the applicant needs, and what the registry says on top of it; each scope once. */
function scopesOf(asked: string | undefined, { reference, access, mountFrom }: Applicant): string[] {
  const needed = [
    `repository:${reference.path}:${access}`,
    ...mountFrom.map((path) => `repository:${path}:pull`),
  ];
  return [...new Set([...needed, ...(asked?.split(' ') ?? [])])];
}

export function basicHeader(auth: RegistryAuth | undefined): string | undefined {
  if (auth?.username === undefined || auth.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
