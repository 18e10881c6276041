import { EngineError } from '#base';
import { familiarName, familiarReference, type Reference, withDefaultTag } from '#oci';
import { statusText } from './http/transport.ts';
import { readBody } from './read-body.ts';
import type { RegistryResponse, RepositoryAccess } from './types.ts';

const bodyLimitBytes = 64 * 1024;

/** What a registry says about a request that it does not fulfil. */
interface RegistryError {
  /** `MANIFEST_UNKNOWN` … */
  readonly code: string;
  readonly message: string;
}

/**
 * Turns an answer that is no success into the error that Docker's clients know; reads the body. A push is told in the
 * registry's own words.
 */
export async function refusal(
  response: RegistryResponse,
  reference: Reference,
  access: RepositoryAccess = 'pull',
): Promise<EngineError> {
  const { status } = response;
  const { code, message } = await readError(response);
  const reason = message === '' ? describeCode(code) : `${describeCode(code)}: ${message}`;
  if (access === 'pull,push') return refusedPush(status, reason);
  const name = familiarName(reference);
  if (code === 'BLOB_UNKNOWN') {
    return new EngineError('notFound', `unknown blob: ${message || 'blob unknown to registry'}`);
  }
  if (code === 'MANIFEST_UNKNOWN' || (status === 404 && code === '')) {
    const shown = familiarReference(withDefaultTag(reference));
    return new EngineError(
      'notFound',
      `manifest for ${shown} not found: ${reason || 'manifest unknown: manifest unknown'}`,
    );
  }
  if (code === 'NAME_UNKNOWN') return new EngineError('notFound', `repository ${name} not found: ${reason}`);
  if (status === 401 || status === 403 || code === 'DENIED' || code === 'UNAUTHORIZED') {
    return accessDenied(reference, reason || statusText(status));
  }
  if (status === 429 || code === 'TOOMANYREQUESTS') {
    return new EngineError('unavailable', reason || `toomanyrequests: ${statusText(status)}`);
  }
  const told = `received unexpected HTTP status: ${statusText(status)}`;
  return new EngineError(
    status >= 500 ? 'unavailable' : 'internal',
    reason === '' ? told : `${told}: ${reason}`,
  );
}

/** The registry asks who it is, and the user has not logged in. */
export function noCredentials(reference: Reference, access: RepositoryAccess): EngineError {
  const reason = 'no basic auth credentials';
  return access === 'pull' ? accessDenied(reference, reason) : new EngineError('unauthorized', reason);
}

/** What a token server says to credentials that are not for a repository, but for the registry at this address. */
export async function refusedCredentials(response: RegistryResponse, registry: string): Promise<EngineError> {
  const { code, message } = await readError(response);
  const reason = `${describeCode(code || 'UNAUTHORIZED')}: ${message || statusText(response.status)}`;
  const kind = response.status >= 500 ? 'unavailable' : 'unauthorized';
  return new EngineError(kind, `Get "${registry}/v2/": ${reason}`);
}

function refusedPush(status: number, reason: string): EngineError {
  const told = reason || `received unexpected HTTP status: ${statusText(status)}`;
  if (status === 401) {
    return new EngineError('unauthorized', reason || 'unauthorized: authentication required');
  }
  if (status === 403) {
    return new EngineError('forbidden', reason || 'denied: requested access to the resource is denied');
  }
  if (status === 404) return new EngineError('notFound', told);
  return new EngineError(status >= 500 || status === 429 ? 'unavailable' : 'invalid', told);
}

function accessDenied(reference: Reference, reason: string): EngineError {
  return new EngineError(
    'notFound',
    `pull access denied for ${familiarName(reference)}, ` +
      `repository does not exist or may require 'docker login': ${reason}`,
  );
}

/** `MANIFEST_UNKNOWN` → `manifest unknown`. */
function describeCode(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

/** The first error of a JSON body; token servers give only `details`. */
async function readError(response: RegistryResponse): Promise<RegistryError> {
  try {
    const text = new TextDecoder().decode(await readBody(response, bodyLimitBytes));
    const body = JSON.parse(text) as { errors?: { code?: unknown; message?: unknown }[]; details?: unknown };
    const first = body.errors?.[0];
    return { code: asText(first?.code), message: asText(first?.message) || asText(body.details) };
  } catch {
    return { code: '', message: '' };
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
