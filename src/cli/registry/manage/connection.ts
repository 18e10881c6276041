import type { FailureView } from '#registry-api';
import { type Credentials, findCredentials, hostOf } from '../../credentials/index.ts';
import type { Session } from '../../session.ts';

/** The management API of a registry of ours, as the user that `login` has made known there. */
export interface RegistryConnection {
  /** @returns what the registry answers, which its contract promises to be a T @throws Error in the registry's words */
  ask<T>(method: string, path: string, body?: object): Promise<T>;
}

/**
 * @param registry its host, or its address with `http://` or `https://`; without it, this machine's own are spoken to
 *   without TLS, as for images
 * @throws Error, when a token that was kept is good for nothing any more
 */
export async function connectRegistry(session: Session, registry: string): Promise<RegistryConnection> {
  const base = addressOf(registry);
  const credentials = await findCredentials(session, hostOf(registry));
  const authorization = credentials && (await authorizationOf(base, credentials));
  return {
    ask(method, path, body) {
      // Without accounts the registry wants the header that no other site's page can send.
      const headers = { 'X-CSRF-Token': 'cli', ...(authorization && { Authorization: authorization }) };
      return call(`${base}/api${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
  };
}

function addressOf(registry: string): string {
  const host = hostOf(registry);
  if (/^https?:\/\//.test(registry)) return `${registry.split('://')[0]}://${host}`;
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(host);
  return `${isHere ? 'http' : 'https'}://${host}`;
}

async function authorizationOf(base: string, credentials: Credentials): Promise<string> {
  const { username, password, identityToken } = credentials;
  if (identityToken === '') return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const form = {
    grant_type: 'refresh_token',
    refresh_token: identityToken,
    service: 'wharf-registry',
    client_id: 'wharf',
    scope: 'registry:management:*',
  };
  const { access_token: token } = await call<{ access_token: string }>(`${base}/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return `Bearer ${token}`;
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, redirect: 'error' }).catch((error: unknown) => {
    throw new Error(`${new URL(url).origin} can't be reached: ${causeOf(error)}`);
  });
  const text = await response.text();
  if (!response.ok) throw new Error(explain(response.status, text));
  return JSON.parse(text === '' ? 'null' : text);
}

/** The registry's own words, where it has any. */
function explain(status: number, text: string): string {
  if (status === 401) return 'log in to the registry first: wharf login REGISTRY';
  try {
    const { message }: FailureView = JSON.parse(text);
    return `Error response from registry: ${message}`;
  } catch {
    return `the registry answered ${status}: is it one of ours?`;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
