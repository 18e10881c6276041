/** What a token allows, as Docker's token protocol writes it: `repository:a/b:pull,push`. */
export interface Scope {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** So that nobody has us sign books. */
const mostScopes = 64;

/** Reads scopes that may be many in one text, and in many. What is no scope is left out, as the protocol wants it. */
export function parseScopes(texts: readonly string[]): Scope[] {
  const words = texts.flatMap((text) => text.split(' '));
  return words.flatMap((word) => tryParseScope(word) ?? []).slice(0, mostScopes);
}

export function formatScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(',')}`;
}

/** The name may have colons of its own: `repository:host:5000/a:pull`. */
function tryParseScope(word: string): Scope | undefined {
  const [, type = '', name = '', actions = ''] = /^([a-z]+)(?:\([a-z]+\))?:(.+):([a-z,*]*)$/.exec(word) ?? [];
  if (type === '' || name === '') return undefined;
  return { type, name, actions: [...new Set(actions.split(',').filter((action) => action !== ''))] };
}
