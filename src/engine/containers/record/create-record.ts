import { randomBytes } from 'node:crypto';
import type { ContainerConfig, ContainerCreateRequest, HostConfig } from '#api';
import { EngineError } from '#base';
import type { ResolvedImage } from '#engine/images';
import { type FindSecret, planSecrets, withoutSecrets } from '../secrets/plan-secrets.ts';
import { initialState } from '../state.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { mergeConfig } from './merge-config.ts';
import { type MountDefaults, type MountSources, planMounts, refuseDuplicates } from './plan-mounts.ts';
import { type HostDefaults, resolveHostConfig } from './resolve-host-config.ts';
import { validateConfig } from './validate-config.ts';
import { validateNetwork } from './validate-network.ts';
import { validateResources } from './validate-resources.ts';

/** What a record is decided from besides the request and the image. */
export interface RecordContext extends MountSources, MountDefaults {
  readonly id: ContainerId;
  readonly name: string;
  readonly createdNs: bigint;
  readonly defaults: HostDefaults;
  readonly cpuCount: number;
  readonly hostName: string;
  readonly findSecret: FindSecret;
}

export function newContainerId(): ContainerId {
  return randomBytes(32).toString('hex') as ContainerId;
}

/**
 * Decides everything about a new container that can be decided before it starts. Without an image its root is empty.
 * @throws EngineError invalid, in Docker's words
 */
export function createRecord(
  request: ContainerCreateRequest,
  image: ResolvedImage | undefined,
  context: RecordContext,
): ContainerRecord {
  const { HostConfig: askedHost, NetworkingConfig: _, ...asked } = request;
  const hostConfig = resolveHostConfig(askedHost, context.defaults);
  const merged = mergeConfig(asked, image?.config.config ?? {});
  const config = { ...merged, Hostname: resolveHostname(merged, hostConfig, context) };
  validateNetwork(request, hostConfig.NetworkMode);
  validateConfig(config, hostConfig);
  validateResources(hostConfig, context.cpuCount);
  const argv = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (argv.length === 0) throw new EngineError('invalid', 'no command specified');
  const secrets = planSecrets(config, hostConfig, context.findSecret);
  const mounts = planMounts(config, withoutSecrets(hostConfig), context);
  refuseDuplicates([...mounts, ...secrets].map(({ destination }) => destination));
  return {
    id: context.id,
    name: context.name,
    createdNs: context.createdNs,
    request,
    image: { id: image?.id ?? '', reference: asked.Image, layers: image?.layers ?? [] },
    config,
    hostConfig,
    argv,
    mounts,
    ...(secrets.length > 0 && { secrets }),
    sandbox: undefined,
    restartCount: 0,
    stopRequested: false,
    restartRequested: false,
    state: initialState,
  };
}

/** A container without a host name of its own is named by the start of its id. */
function resolveHostname(config: ContainerConfig, hostConfig: HostConfig, context: RecordContext): string {
  if (config.Hostname !== '') return config.Hostname;
  if (hostConfig.NetworkMode === 'host' || hostConfig.UTSMode === 'host') return context.hostName;
  return hostConfig.NetworkMode.startsWith('container:') ? '' : context.id.slice(0, 12);
}
