import { writeFileSync } from 'node:fs';
import { errorMessage } from '#base';
import { parseContainerPort } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import { tryReadOwnFile } from '../own-file.ts';
import type { ContainerRecord } from '../types.ts';
import { bridgeAddress, type Link, linksOf } from './link.ts';
import { linkEnvironment } from './link-environment.ts';

/** The lines by which a hosts file names linked containers that have an address. */
export function linkLines(links: readonly Link[]): string[] {
  return links.flatMap((link) => {
    const address = bridgeAddress(link.target);
    return address === undefined ? [] : [`${address}\t${linkNames(link)}`];
  });
}

/** By the alias, the host name and the name. */
function linkNames({ target, alias }: Link): string {
  return [...new Set([alias, target.config.Hostname, target.name])].join(' ');
}

/** The variables of a container's links, where the daemon was told to keep them. */
export function linkVariables({ settings, records }: ContainerContext, record: ContainerRecord): string[] {
  if (!settings.linkVariables) return [];
  return linksOf(records, record).flatMap(({ target, alias }) =>
    linkEnvironment({
      alias,
      ownerName: record.name,
      address: bridgeAddress(target) ?? '',
      exposed: Object.keys(target.config.ExposedPorts ?? {}),
      environment: target.config.Env ?? [],
    }),
  );
}

/** Lets a live container with links call the exposed ports of those that it links to, also where the network parts them. */
export function openLinks(context: ContainerContext, record: ContainerRecord): void {
  if (record.hostConfig.Links?.length) setPassages(context, record);
}

/** Has a container's passages be those of its links, which may be none. */
export function setPassages({ networks, records, log }: ContainerContext, record: ContainerRecord): void {
  const targets = linksOf(records, record).map(({ target }) => ({
    containerId: target.id,
    ports: Object.keys(target.config.ExposedPorts ?? {}).map(parseContainerPort),
  }));
  try {
    networks.link(record.id, targets);
  } catch (error) {
    log.error('a linked container is not reachable', { container: record.id, error: errorMessage(error) });
  }
}

/** Has live containers that link to one find it where it is since it was started. A file that can't be written stays. */
export function tellLinkers(context: ContainerContext, started: ContainerRecord): void {
  const { records, live, settings, log } = context;
  for (const { task } of live.all()) {
    const owner = records.get(task.id);
    if (!owner?.hostConfig.Links?.length || owner.id === started.id) continue;
    const links = linksOf(records, owner).filter(({ target }) => target.id === started.id);
    if (links.length === 0) continue;
    openLinks(context, owner);
    const { hosts } = pathsOf(settings, owner);
    try {
      const text = tryReadOwnFile(hosts);
      if (text !== undefined) writeFileSync(hosts, withLinkLines(text, links));
    } catch (error) {
      log.warn('a linked container has moved unseen', { container: owner.id, error: errorMessage(error) });
    }
  }
}

/** The text of a hosts file with the lines of these links at the addresses that hold now. */
function withLinkLines(text: string, links: readonly Link[]): string {
  // The third name is the container's, which may have changed.
  const names = links.map(
    ({ target, alias }) => `${[...new Set([alias, target.config.Hostname])].join(' ')} `,
  );
  const kept = text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !names.some((name) => `${line.slice(line.indexOf('\t') + 1)} `.startsWith(name)));
  return `${[...kept, ...linkLines(links)].join('\n')}\n`;
}
