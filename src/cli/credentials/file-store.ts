import { type StoredAuth, updateCredentials } from '../config-file.ts';
import type { Session } from '../session.ts';
import { hostOf } from './server.ts';
import type { CredentialStore, Credentials } from './types.ts';

/** Credentials in `config.json`, where only their owner can read them; whoever keeps some there is warned. */
export class FileStore implements CredentialStore {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async find(server: string): Promise<Credentials | undefined> {
    const auths = this.#session.config.auths ?? {};
    const stored = auths[server] ?? Object.entries(auths).find(([name]) => hostOf(name) === server)?.[1];
    return stored === undefined ? undefined : decodeStored(stored);
  }

  async keep(server: string, { username, password, identityToken }: Credentials): Promise<void> {
    const { caller, config, options } = this.#session;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    if (config.auths?.[server]?.auth === auth && identityToken === '') return;
    updateCredentials(options.configDirectory, (auths) => {
      auths[server] = { auth, ...(identityToken === '' ? {} : { identitytoken: identityToken }) };
    });
    if (password !== '') caller.writeError(warning(`${options.configDirectory}/config.json`));
  }

  async forget(server: string): Promise<void> {
    if (this.#session.config.auths?.[server] === undefined) return;
    updateCredentials(this.#session.options.configDirectory, (auths) => delete auths[server]);
  }
}

/** An entry without content says only that a helper has the credentials. */
function decodeStored(stored: StoredAuth): Credentials | undefined {
  const [username = '', password = ''] = Buffer.from(stored.auth ?? '', 'base64')
    .toString()
    .split(/:(.*)/s);
  const credentials = {
    username: stored.username ?? username,
    password: stored.password ?? password,
    identityToken: stored.identitytoken ?? '',
  };
  return Object.values(credentials).every((value) => value === '') ? undefined : credentials;
}

function warning(path: string): string {
  return `
WARNING! Your credentials are stored unencrypted in '${path}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/

`;
}
