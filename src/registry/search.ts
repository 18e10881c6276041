import { EngineError } from '#base';
import { challengeOf } from './challenge.ts';
import type { Endpoint } from './endpoints.ts';
import { statusText, type Transport } from './http/transport.ts';
import { readBody } from './read-body.ts';
import { refusedCredentials } from './refusal.ts';
import { basicHeader, fetchToken, tokenRequest } from './token.ts';
import type { FoundRepository, RegistryAuth, RegistryResponse } from './types.ts';

const answerLimitBytes = 8 << 20;

/** What is asked for, and at which index. */
export interface SearchQuestion {
  readonly transport: Transport;
  readonly userAgent: string;
  readonly endpoint: Endpoint;
  readonly auth: RegistryAuth | undefined;
  readonly term: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * Asks an index for repositories by the search protocol of the Hub; a registry that does not speak it is asked for its
 * catalogue, of which those count whose name has the term in it.
 * @throws EngineError
 */
export async function searchAt(question: SearchQuestion): Promise<FoundRepository[]> {
  const { term, limit } = question;
  const words = new URLSearchParams({ q: term, n: String(limit) });
  const response = await ask(question, `/v1/search?${words}`);
  if (response.status === 200) return readResults(response, limit);
  response.discard();
  const catalogue = await ask(question, '/v2/_catalog?n=1000');
  if (catalogue.status === 200) return readCatalogue(catalogue, term, limit);
  catalogue.discard();
  if (catalogue.status === 401) {
    throw new EngineError('unauthorized', 'unauthorized: authentication required');
  }
  const text = `Unexpected status code ${response.status}`;
  throw new EngineError('internal', `${text}: ${statusText(response.status)}`);
}

async function ask(question: SearchQuestion, path: string): Promise<RegistryResponse> {
  const { transport, endpoint, auth, signal } = question;
  const response = await send(question, path, basicHeader(auth));
  const challenge = response.status === 401 ? challengeOf(response) : undefined;
  if (challenge?.scheme !== 'bearer') return response;
  response.discard();
  const scopes = challenge.scope?.split(' ') ?? [];
  const request = { ...tokenRequest(challenge, auth, scopes), trust: endpoint.trust, signal };
  const { token } = await fetchToken(transport, request, (refused) =>
    refusedCredentials(refused, endpoint.url),
  );
  return send(question, path, `Bearer ${token}`);
}

function send(
  { transport, userAgent, endpoint, signal }: SearchQuestion,
  path: string,
  authorization: string | undefined,
): Promise<RegistryResponse> {
  return transport.send({
    url: new URL(`${endpoint.url}${path}`),
    headers: {
      'User-Agent': userAgent,
      ...(authorization !== undefined && { Authorization: authorization }),
    },
    trust: endpoint.trust,
    signal,
  });
}

async function readResults(response: RegistryResponse, limit: number): Promise<FoundRepository[]> {
  const { results } = await readRecord(response);
  return listOf(results)
    .slice(0, limit)
    .map((result) => ({
      name: textOf(result.name),
      description: textOf(result.description),
      isOfficial: result.is_official === true,
      stars: typeof result.star_count === 'number' ? result.star_count : 0,
    }));
}

async function readCatalogue(response: RegistryResponse, term: string, limit: number) {
  const { repositories } = await readRecord(response);
  const names = Array.isArray(repositories) ? repositories.map(textOf) : [];
  return names
    .filter((name) => name !== '' && name.includes(term))
    .slice(0, limit)
    .map((name) => ({ name, description: '', isOfficial: false, stars: 0 }));
}

async function readRecord(response: RegistryResponse): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await readBody(response, answerLimitBytes));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Told below, as every other thing that is no record.
  }
  throw new EngineError('corrupt', `error decoding registry search results of ${response.url.host}`);
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one) => typeof one === 'object' && one !== null);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
