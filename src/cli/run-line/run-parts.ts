import type { ContainerInspect } from '#api';
import { commandWords } from './command-words.ts';
import { confinementWords } from './confinement-words.ts';
import { flag, pairs, toggle } from './flag-words.ts';
import { mountWords } from './mount-words.ts';
import { networkWords } from './network-words.ts';
import { processWords } from './process-words.ts';
import { resourceWords } from './resource-words.ts';
import type { Inherited, Word } from './types.ts';

/** A `run` line in its parts; the container's command is `words`, as far as it is not the image's. */
export interface RunParts {
  readonly flags: readonly Word[];
  readonly image: string;
  readonly words: readonly string[];
}

/** What follows `run`: flags, image, command and arguments. */
export function runParts(container: ContainerInspect, inherited: Inherited): RunParts {
  const { Config: config, HostConfig: host } = container;
  const { entrypoint, words } = commandWords(config, inherited.image);
  const flags = [
    ...flag('name', container.Name.replace(/^\//, '')),
    ...processWords(container, inherited.image),
    ...restartWords(container),
    ...networkWords(container, inherited.image),
    ...mountWords(config, host, inherited.image),
    ...resourceWords(host),
    ...confinementWords(host, inherited),
    ...logWords(container, inherited),
    ...flag('runtime', host.Runtime === inherited.runtime ? '' : host.Runtime),
    ...pairs('annotation', host.Annotations),
    ...entrypoint,
  ];
  return { flags, image: config.Image, words };
}

function restartWords({ HostConfig: host }: ContainerInspect): string[] {
  const { Name: name, MaximumRetryCount: count } = host.RestartPolicy;
  const policy = name === 'no' ? '' : count > 0 ? `${name}:${count}` : name;
  return [...toggle('rm', host.AutoRemove), ...flag('restart', policy)];
}

function logWords({ HostConfig: { LogConfig: log } }: ContainerInspect, { logDriver }: Inherited): string[] {
  const options = pairs('log-opt', log.Config);
  const isUsual = log.Type === logDriver && options.length === 0;
  return isUsual ? [] : [...flag('log-driver', log.Type), ...options];
}
