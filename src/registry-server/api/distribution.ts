import type { Log } from '#base';
import type { HttpRequest } from '#serve/http';
import { type Action, type Authorizer, changes, type Who } from '../access/authorizer.ts';
import type { Answered, Answerer } from '../answered.ts';
import { denied, Refusal } from '../refusal.ts';
import type { Registry } from '../registry/registry.ts';
import { methodsOf, operationOf } from './operations.ts';
import { refuseFor } from './refuse.ts';
import type { Reply } from './reply.ts';
import { parseRoute, type Route } from './routes.ts';
import type { Source } from './source.ts';

export interface DistributionParts {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  /** Where a repository is read from. */
  sourceOf(repository: string): Source;
  readonly log: Log;
}

/** The OCI distribution API (spec 1.1) as a function from requests to replies; failures are replies, too. */
export class DistributionApi implements Answerer {
  readonly #parts: DistributionParts;

  constructor(parts: DistributionParts) {
    this.#parts = parts;
  }

  async answer(request: HttpRequest): Promise<Answered> {
    let who: Who | undefined;
    let route: Route | undefined;
    try {
      who = await this.#parts.authorizer.identify(request);
      route = parseRoute(request.path);
      if (route === undefined) throw new Refusal('UNSUPPORTED', 'no such route', { status: 404 });
      return answeredWith(await this.#run(request, route, who), route, who);
    } catch (error) {
      return answeredWith(refuseFor(error, this.#parts.log), route, who);
    }
  }

  #run(request: HttpRequest, route: Route, who: Who): Reply | Promise<Reply> {
    const operation = operationOf(route, request.method);
    if (operation === undefined) {
      const headers = { Allow: methodsOf(route) };
      throw new Refusal('UNSUPPORTED', 'the operation is unsupported', { headers });
    }
    const { registry, authorizer, sourceOf } = this.#parts;
    const repository = 'repository' in route ? route.repository : '';
    this.#checkAllowed(request, who, repository, operation.action);
    const source = sourceOf(repository);
    if (changes(operation.action) && !source.writable) {
      throw new Refusal('UNSUPPORTED', 'the repository is a copy of another registry’s');
    }
    const allows = (name: string, action: Action) => authorizer.allows(who, name, action);
    return operation.run({ request, registry, source, allows });
  }

  #checkAllowed(request: HttpRequest, who: Who, repository: string, action: Action): void {
    const { authorizer } = this.#parts;
    if (authorizer.allows(who, repository, action)) return;
    const challenge = authorizer.challenge(request, who, repository, action);
    if (challenge === undefined) throw denied();
    throw new Refusal('UNAUTHORIZED', 'authentication required', {
      headers: { 'WWW-Authenticate': challenge },
    });
  }
}

function answeredWith(reply: Reply, route: Route | undefined, who: Who | undefined): Answered {
  const repository = route !== undefined && 'repository' in route ? route.repository : undefined;
  return { reply, what: route?.kind ?? 'none', repository, user: who?.name };
}
