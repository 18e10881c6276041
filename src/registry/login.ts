import { EngineError } from '#base';
import { type Challenge, challengeOf } from './challenge.ts';
import type { Endpoint } from './endpoints.ts';
import { statusText, type Transport } from './http/transport.ts';
import { refusedCredentials } from './refusal.ts';
import { basicHeader, fetchToken, tokenRequest } from './token.ts';
import type { RegistryAuth, RegistryLogin, RegistryResponse } from './types.ts';

export interface LoginAttempt {
  readonly transport: Transport;
  readonly userAgent: string;
  readonly endpoint: Endpoint;
  readonly auth: RegistryAuth;
  readonly signal: AbortSignal;
}

/**
 * Tries credentials at an endpoint. A registry that lets everybody in takes any.
 * @throws EngineError unauthorized, in Docker's words; unavailable
 */
export async function logIn(attempt: LoginAttempt): Promise<RegistryLogin> {
  const response = await knock(attempt, undefined);
  response.discard();
  const challenge = response.status === 401 ? challengeOf(response) : undefined;
  if (challenge === undefined) {
    requireWelcome(attempt, response);
    return { identityToken: '' };
  }
  const { authorization, identityToken } = await prove(attempt, challenge);
  const answer = await knock(attempt, authorization);
  answer.discard();
  requireWelcome(attempt, answer);
  return { identityToken };
}

function knock({ transport, userAgent, endpoint, signal }: LoginAttempt, authorization: string | undefined) {
  return transport.send({
    url: new URL(`${endpoint.url}/v2/`),
    headers: {
      'User-Agent': userAgent,
      ...(authorization !== undefined && { Authorization: authorization }),
    },
    trust: endpoint.trust,
    signal,
  });
}

async function prove({ transport, endpoint, auth, signal }: LoginAttempt, challenge: Challenge) {
  if (challenge.scheme === 'basic') {
    return { authorization: basicHeader(auth), identityToken: '' };
  }
  const request = { ...tokenRequest(challenge, auth, [], true), trust: endpoint.trust, signal };
  const { token, refreshToken } = await fetchToken(transport, request, (refused) =>
    refusedCredentials(refused, endpoint.url),
  );
  return { authorization: `Bearer ${token}`, identityToken: refreshToken || (auth.identityToken ?? '') };
}

function requireWelcome({ endpoint }: LoginAttempt, { status }: RegistryResponse): void {
  if (status === 200) return;
  const text = `login attempt to ${endpoint.url}/v2/ failed with status: ${statusText(status)}`;
  throw new EngineError(status === 401 || status === 403 ? 'unauthorized' : 'unavailable', text);
}
