import type { Operation } from '#api';
import { EngineError } from '#base';
import type { Handler, Handlers } from './types.ts';

/** The parts of the API that a host can do without; each is turned off by its name. */
export const moduleNames = [
  'archive',
  'builder',
  'containers',
  'events',
  'exec',
  'images',
  'networks',
  'volumes',
] as const;
export type ModuleName = (typeof moduleNames)[number];

/** What the names of a module's operations begin with. */
const prefixes = {
  archive: 'archive',
  builder: 'build',
  containers: 'container',
  events: 'events',
  exec: 'exec',
  images: 'image',
  networks: 'network',
  volumes: 'volume',
} as const satisfies Record<ModuleName, string>;

/** The handlers, where those of a disabled module refuse. */
export function withoutModules(
  handlers: Handlers<Operation>,
  disabled: readonly ModuleName[],
): Handlers<Operation> {
  const refusals: Partial<Record<Operation, Handler>> = {};
  for (const operation of Object.keys(handlers) as Operation[]) {
    const module = disabled.find((name) => operation.startsWith(prefixes[name]));
    if (module !== undefined) refusals[operation] = refusal(module);
  }
  return { ...handlers, ...refusals };
}

function refusal(module: ModuleName): Handler {
  return async () => {
    throw new EngineError(
      'notImplemented',
      `the module ${module} is turned off in the configuration of this daemon`,
    );
  };
}
