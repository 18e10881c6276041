import type { Reference } from '#oci';
import type { Challenge } from './challenge.ts';
import type { Transport } from './http/transport.ts';
import type { Trust } from './http/trust.ts';
import { noCredentials, refusal } from './refusal.ts';
import { basicHeader, fetchToken, tokenRequest } from './token.ts';
import type { RegistryAuth, RepositoryAccess } from './types.ts';

/** One who asks for one repository. */
export interface Applicant {
  readonly reference: Reference;
  readonly auth: RegistryAuth | undefined;
  readonly access: RepositoryAccess;
  /** Further repositories, to be read. */
  readonly mountFrom: readonly string[];
}

/** How a challenge is answered. */
export interface AnswerMeans {
  readonly transport: Transport;
  readonly trust: Trust;
  readonly signal: AbortSignal;
}

/**
 * The Authorization header that answers a challenge: basic credentials, or a token that is bought with them, or
 * without any for what is public.
 * @throws EngineError, when the token server refuses or does not answer, or credentials are missing
 */
export async function answerChallenge(
  challenge: Challenge,
  applicant: Applicant,
  { transport, trust, signal }: AnswerMeans,
): Promise<string> {
  const { reference, auth, access } = applicant;
  if (challenge.scheme === 'basic') {
    const basic = basicHeader(auth);
    if (basic === undefined) throw noCredentials(reference, access);
    return basic;
  }
  const request = tokenRequest(challenge, auth, scopesOf(challenge.scope, applicant));
  const { token } = await fetchToken(transport, { ...request, trust, signal }, (response) =>
    refusal(response, reference, access),
  );
  return `Bearer ${token}`;
}

/** What the applicant needs, and what the registry says on top of it; each scope once. */
function scopesOf(asked: string | undefined, { reference, access, mountFrom }: Applicant): string[] {
  const needed = [
    `repository:${reference.path}:${access}`,
    ...mountFrom.map((path) => `repository:${path}:pull`),
  ];
  return [...new Set([...needed, ...(asked?.split(' ') ?? [])])];
}
