import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import type { ContainerRecord } from '../types.ts';
import { parseLink } from './link.ts';
import { setPassages } from './link-effects.ts';

/**
 * Takes a link away by its name, `container/alias`. What a live container's hosts file says stays until it starts anew.
 * @throws EngineError notFound; conflict, for the name of a container
 */
export async function removeLink(context: ContainerContext, name: string): Promise<void> {
  const at = name.lastIndexOf('/');
  if (at < 1) {
    context.records.find(name);
    throw new EngineError('conflict', 'Conflict, cannot remove the default link name of the container');
  }
  await locked(context, name.slice(0, at), (record) => {
    const kept = linksWithout(record, name.slice(at + 1));
    if (kept === undefined) throw new EngineError('notFound', messages.noSuchContainer(name));
    const hostConfig = { ...record.hostConfig, Links: kept };
    setPassages(context, context.records.update(record.id, { hostConfig }));
  });
}

/** @returns undefined, when none has that alias */
function linksWithout({ hostConfig }: ContainerRecord, alias: string): readonly string[] | undefined {
  const links = hostConfig.NetworkMode === 'bridge' ? (hostConfig.Links ?? []) : [];
  const kept = links.filter((text) => parseLink(text).alias !== alias);
  return kept.length < links.length ? kept : undefined;
}
