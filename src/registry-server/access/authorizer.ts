import type { HttpRequest } from '#serve/http';
import type { Scope } from '../tokens/scopes.ts';

/**
 * What somebody wants to do with a repository; `see`: know that it is there. Of the registry as such: to enter it
 * (`GET /v2/`), and to list names.
 */
export type Action = 'pull' | 'push' | 'delete' | 'see' | 'enter' | 'list';

/** Who sends a request. */
export interface Who {
  /** Undefined for one who did not say. */
  readonly name: string | undefined;
  /** All that a token is good for; absent: there is none. */
  readonly scopes?: readonly Scope[];
  /** Says so when there was a token, but a void one. */
  readonly hasVoidToken?: true;
}

/** The one place that decides who may do what. */
export interface Authorizer {
  /** @throws Refusal UNAUTHORIZED, with its challenge, for credentials that are wrong; TOOMANYREQUESTS */
  identify(request: HttpRequest): Promise<Who>;
  /** `repository` is empty for `enter` and `list`. */
  allows(who: Who, repository: string, action: Action): boolean;
  /**
   * The WWW-Authenticate header for one who may not, but perhaps might after saying who he is, or with another token;
   * undefined when that is of no use. Empty `repository`: the registry as such.
   */
  challenge(request: HttpRequest, who: Who, repository: string, action: Action): string | undefined;
}

const nobody: Who = { name: undefined };

/** Lets everybody do everything; `readOnly`: read everything. */
export function openToAll(readOnly: boolean): Authorizer {
  return {
    identify: async () => nobody,
    allows: (_who, _repository, action) => !readOnly || !changes(action),
    challenge: () => undefined,
  };
}

/** Whether an action is more than reading. */
export function changes(action: Action): boolean {
  return action === 'push' || action === 'delete';
}
