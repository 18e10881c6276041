import type { HttpRequest } from '#serve/http';

/** What somebody wants to do with a repository; of the registry as such, to enter it (`GET /v2/`) and to list names. */
export type Action = 'pull' | 'push' | 'delete' | 'enter' | 'list';

/** Who sends a request. */
export interface Who {
  /** Undefined for one who did not say. */
  readonly name: string | undefined;
}

/** The one place that decides who may do what. */
export interface Authorizer {
  /** @throws Refusal UNAUTHORIZED, with its challenge, for credentials that are wrong */
  identify(request: HttpRequest): Promise<Who>;
  /** `repository` is empty for `enter` and `list`. */
  allows(who: Who, repository: string, action: Action): boolean;
  /**
   * The WWW-Authenticate header for one who did not say who he is and may not; undefined when there is no way to say.
   * Empty `repository`: the registry as such.
   */
  challenge(request: HttpRequest, repository: string, action: Action): string | undefined;
}

const nobody: Who = { name: undefined };

/** Lets everybody do everything; `readOnly`: read everything. */
export function openToAll(readOnly: boolean): Authorizer {
  return {
    identify: async () => nobody,
    allows: (_who, _repository, action) => !readOnly || (action !== 'push' && action !== 'delete'),
    challenge: () => undefined,
  };
}
