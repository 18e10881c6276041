import type { HostConfig } from '#api';
import { EngineError, errorMessage } from '#base';
import type { Records } from '../records.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

/** What a container on the default bridge knows another one by (`--link`). */
export interface Link {
  readonly target: ContainerRecord;
  readonly alias: string;
}

/** The parts of `container` or `container:alias`. @throws EngineError invalid */
export function parseLink(text: string): { readonly ref: string; readonly alias: string } {
  const [ref = '', alias = ref, ...rest] = text.split(':');
  if (ref === '' || alias === '' || rest.length > 0) {
    throw new EngineError('invalid', `bad format for links: ${text}`);
  }
  return { ref: ref.replace(/^\//, ''), alias: alias.slice(alias.lastIndexOf('/') + 1) };
}

/**
 * The links that a new container is asked to have, with the ids of those that they lead to: names change. On networks
 * of the user they stay as they are.
 * @throws EngineError invalid
 */
export function settleLinks(
  records: Records,
  { NetworkMode, Links }: Pick<HostConfig, 'NetworkMode' | 'Links'>,
): readonly string[] | null {
  const links = (Links ?? []).map(parseLink);
  if (Links === null || NetworkMode !== 'bridge') return Links;
  return links.map(({ ref, alias }) => {
    try {
      return `${records.find(ref).id}:${alias}`;
    } catch (cause) {
      const text = `could not get container for ${ref}: ${errorMessage(cause)}`;
      throw new EngineError('invalid', text, { cause });
    }
  });
}

/**
 * The links of a container; on networks of the user they are names that the resolver knows, and none of these.
 * Those to containers that are gone are left out.
 */
export function linksOf(records: Records, { hostConfig }: ContainerRecord): Link[] {
  const links = hostConfig.NetworkMode === 'bridge' ? (hostConfig.Links ?? []) : [];
  return links.flatMap((text) => {
    const { ref, alias } = parseLink(text);
    const target = tryFind(records, ref);
    return target === undefined ? [] : [{ target, alias }];
  });
}

function tryFind(records: Records, ref: string): ContainerRecord | undefined {
  try {
    return records.find(ref);
  } catch {
    return undefined;
  }
}

/** The links of a container as `inspect` tells them: on networks of the user as they were asked for. */
export function linkTexts(records: Records, record: ContainerRecord): readonly string[] | null {
  if (record.hostConfig.NetworkMode !== 'bridge') return record.hostConfig.Links;
  const links = linksOf(records, record);
  return links.length === 0
    ? null
    : links.map(({ target, alias }) => `/${target.name}:/${record.name}/${alias}`);
}

/** The links of a container that is to start. @throws EngineError internal, in Docker's words: they must be of use */
export function usableLinks(records: Records, record: ContainerRecord): Link[] {
  const links = linksOf(records, record);
  for (const { target, alias } of links) {
    if (!isLive(target.state)) {
      const text = `Cannot link to a non running container: /${target.name} AS /${record.name}/${alias}`;
      throw new EngineError('internal', text);
    }
    if (bridgeAddress(target) === undefined) {
      throw new EngineError('internal', `container ${target.id} not attached to default bridge network`);
    }
  }
  return links;
}

/** A live container's address on the default bridge. */
export function bridgeAddress({ sandbox }: ContainerRecord): string | undefined {
  return sandbox?.endpoints.bridge?.ipv4?.address;
}
