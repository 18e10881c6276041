import type { CredentialStore, Credentials } from './types.ts';

/** Credentials that the user's environment brings for this command, before those of another store, which keeps them. */
export class EnvironmentStore implements CredentialStore {
  readonly #brought: ReadonlyMap<string, Credentials>;
  readonly #kept: CredentialStore;

  constructor(brought: ReadonlyMap<string, Credentials>, kept: CredentialStore) {
    this.#brought = brought;
    this.#kept = kept;
  }

  async find(server: string): Promise<Credentials | undefined> {
    return this.#brought.get(server) ?? this.#kept.find(server);
  }

  keep(server: string, credentials: Credentials): Promise<void> {
    return this.#kept.keep(server, credentials);
  }

  forget(server: string): Promise<void> {
    return this.#kept.forget(server);
  }
}

/**
 * Reads the value of DOCKER_AUTH_CONFIG: `{"auths": {SERVER: {"auth": base64 of user:password}}}` and nothing else.
 * @throws Error with Docker's texts
 */
export function parseAuthVariable(text: string): ReadonlyMap<string, Credentials> {
  const { auths = {} } = onlyFields(JSON.parse(text), ['auths']);
  return new Map(
    Object.entries(asRecord(auths)).map(([server, entry]) => [server, readEntry(server, entry)]),
  );
}

function readEntry(server: string, entry: unknown): Credentials {
  const { auth } = onlyFields(entry, ['auth']);
  if (typeof auth !== 'string' || auth === '') {
    throw new Error(`DOCKER_AUTH_CONFIG environment variable is missing key \`auth\` for ${server}`);
  }
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw new Error('Invalid auth configuration file');
  return { username: text.slice(0, colon), password: text.slice(colon + 1), identityToken: '' };
}

function onlyFields(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const record = asRecord(value);
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`json: unknown field "${unknown}"`);
  return record;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('json: want an object');
  }
  return Object.fromEntries(Object.entries(value));
}
