import { updateCredentials } from '../config-file.ts';
import type { Session } from '../session.ts';
import { runHelper } from './helper-program.ts';
import type { CredentialStore, Credentials } from './types.ts';

/** The user name that helpers keep a token under. */
const tokenUser = '<token>';

/** What helpers print when they have nothing. */
const notFound = 'credentials not found in native keychain';

/** Credentials that a helper program keeps; `config.json` only says for which servers there are some. */
export class HelperStore implements CredentialStore {
  readonly #session: Session;
  readonly #name: string;

  constructor(session: Session, name: string) {
    this.#session = session;
    this.#name = name;
  }

  async find(server: string): Promise<Credentials | undefined> {
    const { output, failure } = await this.#ask('get', server);
    if (output === notFound) return undefined;
    if (failure !== undefined) throw new Error(`error getting credentials - ${failure}`);
    const { username, secret } = readAnswer(output);
    return username === tokenUser
      ? { username: '', password: '', identityToken: secret }
      : { username, password: secret, identityToken: '' };
  }

  async keep(server: string, { username, password, identityToken }: Credentials): Promise<void> {
    const account =
      identityToken === ''
        ? { Username: username, Secret: password }
        : { Username: tokenUser, Secret: identityToken };
    const { failure } = await this.#ask('store', JSON.stringify({ ServerURL: server, ...account }));
    if (failure !== undefined) throw new Error(`error storing credentials - ${failure}`);
    updateCredentials(this.#session.options.configDirectory, (auths) => {
      auths[server] = {};
    });
  }

  async forget(server: string): Promise<void> {
    const { failure } = await this.#ask('erase', server);
    if (failure !== undefined) throw new Error(`error erasing credentials - ${failure}`);
    if (this.#session.config.auths?.[server] === undefined) return;
    updateCredentials(this.#session.options.configDirectory, (auths) => delete auths[server]);
  }

  #ask(action: 'get' | 'store' | 'erase', input: string) {
    return runHelper(this.#session.caller, this.#name, action, input);
  }
}

/** @throws Error for what is not the helpers' JSON */
function readAnswer(output: string): { username: string; secret: string } {
  const answer: unknown = JSON.parse(output);
  const field = (name: string): string => {
    const value = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { username: field('Username'), secret: field('Secret') };
}
