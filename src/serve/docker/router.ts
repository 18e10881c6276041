import {
  type ApiVersion,
  messages,
  newestApiVersion,
  type Operation,
  parseApiVersion,
  type Route,
  routes,
} from '#api';
import { EngineError } from '#base';

export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  readonly version: ApiVersion;
}

interface CompiledRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly operation: Operation;
  readonly since: number;
}

const compiled: readonly CompiledRoute[] = routes.map((route: Route & { readonly operation: Operation }) => ({
  method: route.method,
  pattern: compilePattern(route.path),
  operation: route.operation,
  since: route.since ?? 0,
}));

/** Resources of a swarm, which this engine never is part of. */
const swarmPath = /^\/(swarm|nodes|services|tasks|secrets|configs)(\/|$)/;

/**
 * The operation that a request names.
 * @throws EngineError notFound, for what is not in the table, also for a known path with another method;
 * invalid, for a version that is not served; unavailable, for what only a swarm has
 */
export function matchRoute(method: string, requestPath: string, oldest?: ApiVersion): Match {
  const { path, versionText } = splitVersion(decodePath(requestPath));
  for (const route of compiled) {
    if (route.method !== method) continue;
    const found = route.pattern.exec(path);
    if (found === null) continue;
    const version = versionText === undefined ? newestApiVersion : parseApiVersion(versionText, oldest);
    if (version.minor < route.since) break;
    return { operation: route.operation, params: { ...found.groups }, version };
  }
  if (swarmPath.test(path)) throw new EngineError('unavailable', messages.notSwarmManager);
  throw new EngineError('notFound', messages.pageNotFound);
}

function compilePattern(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)(\*?)\}/g, (_all, name: string, many: string) =>
    many === '' ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`,
  );
  return new RegExp(`^${source}$`);
}

function splitVersion(path: string): { path: string; versionText?: string } {
  const [, versionText, rest] = /^\/v(\d{1,4}(?:\.\d{1,4})?)(\/.*)$/.exec(path) ?? [];
  return versionText === undefined || rest === undefined ? { path } : { path: rest, versionText };
}

function decodePath(path: string): string {
  try {
    // A name may be given with the slash that Docker shows before it.
    return decodeURIComponent(path).replaceAll(/\/{2,}/g, '/');
  } catch (cause) {
    throw new EngineError('invalid', `invalid URL escape in ${JSON.stringify(path)}`, { cause });
  }
}
