import type { HttpRequest } from '#serve/http';
import type { Action } from '../access/authorizer.ts';
import type { Registry } from '../registry/registry.ts';
import type { Reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { Source } from './source.ts';

/** A request of somebody who may send it, and what it is answered from. */
export interface Asking {
  readonly request: HttpRequest;
  readonly registry: Registry;
  /** Where the repository is read from. */
  readonly source: Source;
  allows(repository: string, action: Action): boolean;
}

/** The same with what its path names. */
export interface Exchange<R extends Route = Route> extends Asking {
  readonly route: R;
}

/** What one method of one route needs permission for, and does. */
export interface Operation<R extends Route> {
  readonly action: Action;
  run(exchange: Exchange<R>): Reply | Promise<Reply>;
}
