import type { RegistryResponse } from './types.ts';

/** What a registry asks for when it answers 401. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Where a challenge begins; a registry may give several to choose from. */
const schemePattern = /(?:^|,)\s*([\w-]+)(?=\s+[\w-]+\s*=|\s*(?:,|$))/g;
const parameterPattern = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads a WWW-Authenticate header, tokens before passwords; undefined when it asks for nothing that we can give. */
export function parseChallenge(header: string): Challenge | undefined {
  const starts = [...header.matchAll(schemePattern)];
  const challenges = starts.map((start, index) => ({
    scheme: start[1]?.toLowerCase(),
    text: header.slice(start.index, starts[index + 1]?.index),
  }));
  const bearer = challenges
    .filter(({ scheme }) => scheme === 'bearer')
    .flatMap(({ text }) => parseBearer(text) ?? [])[0];
  if (bearer !== undefined) return bearer;
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

function parseBearer(text: string): Challenge | undefined {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of text.matchAll(parameterPattern)) {
    parameters.set(name.toLowerCase(), bare ?? quoted?.replace(/\\(.)/g, '$1') ?? '');
  }
  const realm = parameters.get('realm');
  const service = parameters.get('service');
  const scope = parameters.get('scope');
  if (realm === undefined || !/^https?:/i.test(realm) || !URL.canParse(realm)) return undefined;
  return {
    scheme: 'bearer',
    realm,
    ...(service !== undefined && { service }),
    ...(scope !== undefined && { scope }),
  };
}

/** What an answer asks for, if anything that we can give. */
export function challengeOf(response: RegistryResponse): Challenge | undefined {
  const header = response.header('www-authenticate');
  return header === undefined ? undefined : parseChallenge(header);
}
