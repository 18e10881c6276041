import { EngineError } from '#base';
import type { Challenge } from './challenge.ts';
import type { Transport, TransportRequest } from './http/transport.ts';
import { readBody } from './read-body.ts';
import type { RegistryAuth, RegistryResponse } from './types.ts';

export type BearerChallenge = Challenge & { readonly scheme: 'bearer' };
type TokenRequest = Omit<TransportRequest, 'trust' | 'signal'>;

const tokenLimitBytes = 1 << 20;
const deadlineMs = 30_000;
const clientId = 'wharf';

/** What a token server sells. */
export interface TokenAnswer {
  readonly token: string;
  /** For later tokens, without the password; empty when the server gives none. */
  readonly refreshToken: string;
}

/**
 * Buys a token; a server that takes too long is given up.
 * @throws EngineError: what `refuse` makes of an answer that is no success, timeout, unavailable
 */
export async function fetchToken(
  transport: Transport,
  request: TransportRequest,
  refuse: (response: RegistryResponse) => Promise<EngineError>,
): Promise<TokenAnswer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const signal = AbortSignal.any([request.signal, deadline]);
    const response = await transport.send({ ...request, signal });
    if (response.status !== 200) throw await refuse(response);
    return parseAnswer(await readBody(response, tokenLimitBytes), response.url.host);
  } catch (cause) {
    if (!deadline.aborted || request.signal.aborted) throw cause;
    const text = `Get "${request.url.origin}${request.url.pathname}": context deadline exceeded`;
    throw new EngineError('timeout', text, { cause });
  }
}

function parseAnswer(body: Uint8Array, host: string): TokenAnswer {
  const fields = parseFields(new TextDecoder().decode(body));
  const token = fields.token || fields.access_token;
  const refreshToken = fields.refresh_token;
  if (typeof token !== 'string' || token === '') {
    throw new EngineError(
      'unavailable',
      `authorization server ${host} did not include a token in the response`,
    );
  }
  return { token, refreshToken: typeof refreshToken === 'string' ? refreshToken : '' };
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * The question for a token of these scopes: with an identity token by OAuth 2, else by name and password, or by nothing
 * at all. `offline` asks for an identity token on top.
 */
export function tokenRequest(
  challenge: BearerChallenge,
  auth: RegistryAuth | undefined,
  scopes: readonly string[],
  offline = false,
): TokenRequest {
  if (auth?.identityToken) return byIdentity(challenge, auth.identityToken, scopes);
  const url = new URL(challenge.realm);
  const add = (name: string, value: string) => url.searchParams.append(name, value);
  if (challenge.service !== undefined) add('service', challenge.service);
  for (const scope of scopes) add('scope', scope);
  const basic = basicHeader(auth);
  if (basic === undefined) return { url, headers: {} };
  add('account', auth?.username ?? '');
  add('client_id', clientId);
  if (offline) add('offline_token', 'true');
  return { url, headers: { Authorization: basic } };
}

function byIdentity(
  { realm, service }: BearerChallenge,
  identityToken: string,
  scopes: readonly string[],
): TokenRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: identityToken,
    client_id: clientId,
    scope: scopes.join(' '),
    service: service ?? '',
  });
  return {
    url: new URL(realm),
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

/** Basic authentication's header; undefined without name and password. */
export function basicHeader(auth: RegistryAuth | undefined): string | undefined {
  if (auth?.username === undefined || auth.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
