import { EngineError, type ErrorKind, errorMessage, type Log, refuse } from '#base';
import type { FailureView, SessionView } from '#registry-api';
import { type HttpRequest, ProtocolError } from '#serve/http';
import type { Answered, Answerer } from '../answered.ts';
import { jsonReply, type Reply, reply } from '../api/reply.ts';
import { Refusal } from '../refusal.ts';
import { contentRoutes } from './content.ts';
import { parseFields } from './fields.ts';
import { memberRoutes } from './members.ts';
import { projectRoutes } from './projects.ts';
import { retentionRoutes } from './retention.ts';
import { robotRoutes } from './robots.ts';
import { userRoutes } from './users.ts';
import type { Managed, ManagementRoute } from './visit.ts';
import type { Visitor, Visitors } from './visitors.ts';

export interface ManagementParts extends Managed {
  readonly visitors: Visitors;
  readonly log: Log;
}

const largestBody = 64 << 10;
const headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

const accountRoutes: readonly ManagementRoute[] = [...userRoutes, ...memberRoutes, ...robotRoutes];
const routes: readonly ManagementRoute[] = [
  ...accountRoutes,
  ...projectRoutes,
  ...retentionRoutes,
  ...contentRoutes,
];

const statuses: Readonly<Partial<Record<ErrorKind, number>>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
};

/** The management API below `/api/`: JSON both ways, its failures too. */
export class ManagementApi implements Answerer {
  readonly #parts: ManagementParts;

  constructor(parts: ManagementParts) {
    this.#parts = parts;
  }

  async answer(request: HttpRequest): Promise<Answered> {
    const noted: { user?: string } = {};
    const isLogin = request.path === '/api/session';
    const answered = (given: Reply): Answered => ({
      reply: { ...given, headers: { ...headers, ...given.headers } },
      what: isLogin ? 'login' : 'manage',
      repository: request.query.get('repository') ?? undefined,
      user: noted.user,
    });
    try {
      return answered(await (isLogin ? this.#session(request, noted) : this.#run(request, noted)));
    } catch (error) {
      return answered(this.#refuse(error));
    }
  }

  async #run(request: HttpRequest, noted: { user?: string }): Promise<Reply> {
    const { visitors, ...managed } = this.#parts;
    // First, so that nobody keeps rights that he loses while his body comes.
    const text = (await request.readBody(largestBody)).toString();
    const visitor = await visitors.identify(request);
    noted.user = visitor.account.name;
    const { route, params } = findRoute(request);
    if (managed.isOpen) refuseAccounts(route);
    return route.run({
      ...managed,
      visitor,
      param: (name) => params.get(name) ?? '',
      query: (name) => request.query.get(name) ?? '',
      body: () => parseFields(text),
    });
  }

  /** Who is logged in, and logging in and out. @param noted gets the name that was said */
  async #session(request: HttpRequest, noted: { user?: string }): Promise<Reply> {
    const { visitors } = this.#parts;
    if (request.method === 'POST') {
      const fields = parseFields((await request.readBody(largestBody)).toString());
      const credentials = { name: fields.text('name'), password: fields.text('password') };
      noted.user = credentials.name;
      const { visitor, cookie } = await visitors.enter(credentials, request);
      return jsonReply(describe(visitor), { 'Set-Cookie': cookie });
    }
    const visitor = await visitors.identify(request);
    noted.user = visitor.account.name;
    if (request.method === 'DELETE') return reply(204, { 'Set-Cookie': visitors.leave(request) });
    if (request.method === 'GET') return jsonReply(describe(visitor));
    throw new Refusal('UNSUPPORTED', 'want GET, POST or DELETE');
  }

  #refuse(error: unknown): Reply {
    const status = statusOf(error);
    if (status >= 500) this.#parts.log.error(`request failed: ${errorMessage(error)}`);
    const failure: FailureView = { message: status >= 500 ? 'internal error' : errorMessage(error) };
    const more = error instanceof Refusal ? error.headers : {};
    return reply(status, { 'Content-Type': 'application/json', ...more }, JSON.stringify(failure));
  }
}

/** What everybody may set up would be good for something on the day on which there are accounts. */
function refuseAccounts(route: ManagementRoute): void {
  const isRefused = accountRoutes.includes(route) && route.method !== 'GET';
  refuse(isRefused, 'the registry has no accounts: --admin-password-file gives it some', 'conflict');
}

function findRoute({ method, path }: HttpRequest) {
  let isKnownPath = false;
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== undefined && route.method === method) return { route, params };
    isKnownPath ||= params !== undefined;
  }
  if (isKnownPath) throw new Refusal('UNSUPPORTED', 'the operation is unsupported');
  throw new EngineError('notFound', 'no such route');
}

/** The words that a path has in the places of a pattern's; undefined when it does not fit. */
function matchPath(pattern: string, path: string): ReadonlyMap<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params = new Map<string, string>();
  for (const [place, word] of wanted.entries()) {
    const said = given[place] ?? '';
    if (word.startsWith(':')) params.set(word.slice(1), decode(said));
    else if (word !== said) return undefined;
  }
  return params;
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch (cause) {
    throw new EngineError('invalid', 'malformed percent-encoding in the path', { cause });
  }
}

function describe({ account, csrf }: Visitor): SessionView {
  return { user: account.name, isAdmin: account.isAdmin, csrf: csrf ?? '' };
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal || error instanceof ProtocolError) return error.status;
  return error instanceof EngineError ? (statuses[error.kind] ?? 500) : 500;
}
