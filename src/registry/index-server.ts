import { EngineError } from '#base';

const hub = { domain: 'docker.io', index: 'index.docker.io' } as const;

/** Another name of the Hub's index. */
const hubNames: readonly string[] = ['', hub.domain, hub.index, 'registry-1.docker.io'];

/**
 * The domain of a registry that a client names by its host, or by the address that it keeps credentials under.
 * @throws EngineError invalid
 */
export function domainOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  if (hubNames.includes(host)) return hub.domain;
  if (/\s/.test(host) || !URL.canParse(`https://${host}/`)) {
    throw new EngineError('invalid', `invalid registry endpoint: ${server}`);
  }
  return host;
}

/** Splits `registry.example:5000/words` into index and words; words alone are for the Hub's. */
export function splitSearchTerm(term: string): { readonly host: string; readonly words: string } {
  if (/^https?:\/\//.test(term)) {
    throw new EngineError(
      'invalid',
      `invalid repository name: repository name (${term}) should not have a scheme`,
    );
  }
  const slash = term.indexOf('/');
  const first = term.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  if (!isHost) return { host: hub.index, words: term };
  const words = term.slice(slash + 1);
  if (!hubNames.includes(first)) return { host: first, words };
  return { host: hub.index, words: words.replace(/^library\//, '') };
}
