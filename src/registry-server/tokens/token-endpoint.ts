import type { Log } from '#base';
import type { HttpRequest } from '#serve/http';
import { readAuthorization } from '../access/authorization-header.ts';
import { mayIn } from '../access/roles.ts';
import type { Account } from '../accounts/account-records.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Answered, Answerer } from '../answered.ts';
import { refuseFor } from '../api/refuse.ts';
import { jsonReply, type Reply } from '../api/reply.ts';
import { projectOf } from '../names.ts';
import { Refusal } from '../refusal.ts';
import { formatScope, parseScopes, type Scope } from './scopes.ts';
import { accessSeconds, service, type Tokens } from './tokens.ts';

const largestForm = 64 << 10;
const actionsOfRepositories = ['pull', 'push', 'delete'] as const;

/** What somebody wants a token for. */
interface TokenRequest {
  readonly account: Account | undefined;
  readonly service: string;
  readonly scopes: readonly Scope[];
  /** Whether a token to get further ones with is wanted, too. */
  readonly isOffline: boolean;
}

/**
 * Docker's token server (`GET /token`) and its OAuth 2 form (`POST /token`). It answers a token for as much of what is
 * wanted as the account may do, be it nothing: the registry itself then says what it refuses.
 */
export class TokenEndpoint implements Answerer {
  readonly #accounts: Accounts;
  readonly #tokens: Tokens;
  readonly #log: Log;

  constructor(accounts: Accounts, tokens: Tokens, log: Log) {
    this.#accounts = accounts;
    this.#log = log;
    this.#tokens = tokens;
  }

  async answer(request: HttpRequest): Promise<Answered> {
    const asked: { name?: string } = {};
    try {
      const wanted = await this.#read(request, asked);
      const user = wanted.account?.name;
      return { reply: this.#give(wanted), what: 'token', repository: undefined, user };
    } catch (error) {
      const reply = refuseFor(error, this.#log);
      return { reply, what: 'token', repository: undefined, user: asked.name };
    }
  }

  /** @param asked gets the name that was said, for the one who takes down failures */
  #read(request: HttpRequest, asked: { name?: string }): Promise<TokenRequest> {
    if (request.method === 'GET') return this.#readQuery(request, asked);
    if (request.method === 'POST') return this.#readForm(request, asked);
    throw new Refusal('UNSUPPORTED', 'the operation is unsupported', { headers: { Allow: 'GET, POST' } });
  }

  async #readQuery(request: HttpRequest, asked: { name?: string }): Promise<TokenRequest> {
    const said = readAuthorization(request);
    if (said.kind === 'basic') asked.name = said.credentials.name;
    return {
      account:
        said.kind === 'basic' ? await this.#accounts.credentials.check(said.credentials, request) : undefined,
      ...common(request.query),
      isOffline: request.query.get('offline_token') === 'true',
    };
  }

  async #readForm(request: HttpRequest, asked: { name?: string }): Promise<TokenRequest> {
    const form = new URLSearchParams((await request.readBody(largestForm)).toString());
    const name = form.get('username') ?? '';
    asked.name = name;
    return {
      account: await this.#accountOf(form, name, request),
      ...common(form),
      // A refresh token gives no further one: after its time the password has to be said again.
      isOffline: form.get('access_type') === 'offline' && form.get('grant_type') === 'password',
    };
  }

  async #accountOf(form: URLSearchParams, name: string, request: HttpRequest): Promise<Account> {
    const type = form.get('grant_type');
    const { credentials } = this.#accounts;
    if (type === 'password')
      return credentials.check({ name, password: form.get('password') ?? '' }, request);
    if (type !== 'refresh_token')
      throw new Refusal('UNSUPPORTED', 'want grant_type password or refresh_token', { status: 400 });
    const account = this.#tokens.readRefresher(form.get('refresh_token') ?? '');
    if (account !== undefined) return account;
    throw new Refusal('UNAUTHORIZED', 'the refresh token is void: log in again');
  }

  #give({ account, service: wantedService, scopes, isOffline }: TokenRequest): Reply {
    if (wantedService !== service && wantedService !== '')
      throw new Refusal('UNSUPPORTED', `this registry's service is ${service}`, { status: 400 });
    const granted = scopes.flatMap((scope) => this.#narrow(account, scope));
    const token = this.#tokens.grant(account, granted);
    const value = {
      token,
      access_token: token,
      expires_in: accessSeconds,
      issued_at: new Date().toISOString(),
      scope: granted.map(formatScope).join(' '),
      ...(isOffline && account !== undefined && { refresh_token: this.#tokens.refresher(account) }),
    };
    return jsonReply(value, { 'Cache-Control': 'no-store' });
  }

  /** As much of a scope as the account may. */
  #narrow(account: Account | undefined, { type, name, actions }: Scope): Scope[] {
    if (type === 'registry') return account === undefined ? [] : [{ type, name, actions }];
    if (type !== 'repository') return [];
    const wanted = actions.includes('*')
      ? actionsOfRepositories
      : actionsOfRepositories.filter((action) => actions.includes(action));
    const project = projectOf(name);
    const allowed = wanted.filter((action) => mayIn(this.#accounts.projects, account, project, action));
    return allowed.length === 0 ? [] : [{ type, name, actions: allowed }];
  }
}

function common(fields: URLSearchParams) {
  return { service: fields.get('service') ?? '', scopes: parseScopes(fields.getAll('scope')) };
}
