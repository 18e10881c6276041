import type { HttpRequest } from '#serve/http';
import type { Accounts } from '../accounts/accounts.ts';
import { projectOf } from '../names.ts';
import { Refusal } from '../refusal.ts';
import { formatScope, type Scope } from '../tokens/scopes.ts';
import { service, type Tokens } from '../tokens/tokens.ts';
import { readAuthorization } from './authorization-header.ts';
import { type Action, type Authorizer, changes, type Who } from './authorizer.ts';
import { mayIn } from './roles.ts';

export interface AccountAuthorizerParts {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  /** Where a client of the request gets its tokens. */
  realmOf(request: HttpRequest): string;
  readonly readOnly: boolean;
}

const catalog = { type: 'registry', name: 'catalog' };

/** Decides by the roles of accounts. A token narrows what its account may do and never widens it. */
export class AccountAuthorizer implements Authorizer {
  readonly #parts: AccountAuthorizerParts;

  constructor(parts: AccountAuthorizerParts) {
    this.#parts = parts;
  }

  async identify(request: HttpRequest): Promise<Who> {
    const said = readAuthorization(request);
    if (said.kind === 'none') return { name: undefined };
    if (said.kind === 'bearer') return this.#bearer(said.token);
    try {
      const { name } = await this.#parts.accounts.credentials.check(said.credentials, request);
      return { name };
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'UNAUTHORIZED') throw error;
      const challenge = this.#challengeOf(request, undefined, undefined);
      throw new Refusal('UNAUTHORIZED', error.message, {
        headers: { 'WWW-Authenticate': challenge },
        cause: error,
      });
    }
  }

  allows(who: Who, repository: string, action: Action): boolean {
    if (who.hasVoidToken) return false;
    if (action === 'enter') return who.name !== undefined || who.scopes !== undefined;
    // What may be seen is a matter of roles alone: a token for lists names no repository.
    if (action === 'see') return this.#mayDo(who, repository, action);
    return this.#isInScope(who, repository, action) && this.#mayDo(who, repository, action);
  }

  challenge(request: HttpRequest, who: Who, repository: string, action: Action): string | undefined {
    const { name, scopes, hasVoidToken } = who;
    const needsLogin = name === undefined;
    const needsOtherToken = scopes !== undefined && this.#mayDo(who, repository, action);
    if (!needsLogin && !needsOtherToken) return undefined;
    const error = hasVoidToken ? 'invalid_token' : scopes !== undefined ? 'insufficient_scope' : undefined;
    return this.#challengeOf(request, action === 'enter' ? undefined : scopeOf(repository, action), error);
  }

  #bearer(token: string): Who {
    const grant = this.#parts.tokens.readGrant(token);
    if (grant === undefined) return { name: undefined, hasVoidToken: true };
    return { name: grant.account?.name, scopes: grant.scopes };
  }

  #isInScope({ scopes }: Who, repository: string, action: Action): boolean {
    if (scopes === undefined) return true;
    const { type, name, actions } = scopeOf(repository, action);
    const wanted = actions.at(-1);
    return scopes.some(
      (scope) =>
        scope.type === type && scope.name === name && scope.actions.some((given) => given === wanted),
    );
  }

  #mayDo({ name }: Who, repository: string, action: Action): boolean {
    const { accounts, readOnly } = this.#parts;
    const account = name === undefined ? undefined : accounts.records.find(name);
    if (action === 'enter' || action === 'list') return account !== undefined;
    if (readOnly && changes(action)) return false;
    const needed = action === 'see' ? 'pull' : action;
    return mayIn(accounts.projects, account, projectOf(repository), needed);
  }

  #challengeOf(request: HttpRequest, scope: Scope | undefined, error: string | undefined): string {
    const fields = [`realm="${this.#parts.realmOf(request)}"`, `service="${service}"`];
    if (scope !== undefined) fields.push(`scope="${formatScope(scope)}"`);
    if (error !== undefined) fields.push(`error="${error}"`);
    return `Bearer ${fields.join(',')}`;
  }
}

/** The scope that an action needs; its last action is the one that is meant. */
function scopeOf(repository: string, action: Action): Scope {
  if (action === 'list' || action === 'enter') return { ...catalog, actions: ['*'] };
  const actions = action === 'push' ? ['pull', 'push'] : [action];
  return { type: 'repository', name: repository, actions };
}
