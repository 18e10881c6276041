import type { RegistryResponse } from './types.ts';

/** What a registry asks for when it answers 401. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

const schemePattern = /^\s*(\w+)\s*/;
const parameterPattern = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads a WWW-Authenticate header; undefined when it asks for nothing that we can give. */
export function parseChallenge(header: string): Challenge | undefined {
  const scheme = schemePattern.exec(header)?.[1]?.toLowerCase();
  if (scheme === 'basic') return { scheme };
  if (scheme !== 'bearer') return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of header.matchAll(parameterPattern)) {
    parameters.set(name.toLowerCase(), bare ?? quoted?.replace(/\\(.)/g, '$1') ?? '');
  }
  const realm = parameters.get('realm');
  const service = parameters.get('service');
  const scope = parameters.get('scope');
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  return { scheme, realm, ...(service !== undefined && { service }), ...(scope !== undefined && { scope }) };
}

/** What an answer asks for, if anything that we can give. */
export function challengeOf(response: RegistryResponse): Challenge | undefined {
  const header = response.header('www-authenticate');
  return header === undefined ? undefined : parseChallenge(header);
}
