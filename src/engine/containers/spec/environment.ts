import type { ContainerConfig } from '#api';
import { variableName } from '../record/merge-config.ts';

export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container's first process: PATH, HOSTNAME and, with a terminal, TERM; what its links tell;
 * then what the configuration says, which wins; last HOME. An entry without `=` removes the variable.
 */
export function resolveEnvironment(
  config: ContainerConfig,
  home: string,
  links: readonly string[] = [],
): string[] {
  const terminal = config.Tty ? ['TERM=xterm'] : [];
  const basis = [defaultPath, `HOSTNAME=${fullHostname(config)}`, ...terminal, ...links];
  return withHome(overlayEnvironment(basis, config.Env ?? []), home);
}

/** The variables of `basis`, replaced, extended and removed by those of `over`. */
export function overlayEnvironment(basis: readonly string[], over: readonly string[]): string[] {
  const byName = new Map(basis.map((entry) => [variableName(entry), entry]));
  for (const entry of over) {
    if (entry.includes('=')) byName.set(variableName(entry), entry);
    else byName.delete(entry);
  }
  return [...byName.values()];
}

export function withHome(environment: readonly string[], home: string): string[] {
  return environment.some((entry) => entry.startsWith('HOME='))
    ? [...environment]
    : [...environment, `HOME=${home}`];
}

function fullHostname({ Hostname, Domainname }: ContainerConfig): string {
  return Domainname === '' ? Hostname : `${Hostname}.${Domainname}`;
}
