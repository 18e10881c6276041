import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, type Log } from '#base';
import { type Builder, openBuilder } from '#engine/builder';
import { type ContainerEngine, createContainers } from '#engine/containers';
import { EventBus, EventHistory, type Events } from '#engine/events';
import { type Images, openImages } from '#engine/images';
import { createNetworks, type Networks } from '#engine/networks';
import { openSealingKey, SecretEngine, type SecretKind, type Secrets } from '#engine/secrets';
import {
  ArchiveEngine,
  PluginDrivers,
  type VolumeArchives,
  VolumeEngine,
  type Volumes,
} from '#engine/volumes';
import { type CgroupSetup, describeSetup, detectCgroups, removeCgroup } from '#linux';
import { createRegistryClient, type RegistryClient, type RegistryPolicy } from '#registry';
import { Compressors, openContent } from '#store/content';
import { type Metadata, openMetadata } from '#store/metadata';
import { openSnapshots, type Snapshots } from '#store/snapshots';
import { createTasks } from '#task';
import type { DaemonSettings } from './config/settings.ts';
import { containerSettings } from './container-settings.ts';
import { measureDiskSpace, watchDisk } from './disk-watch.ts';
import { engineId } from './engine-id.ts';
import { networkParts } from './network-parts.ts';
import { product } from './product.ts';
import { corePath, resolverPath } from './program-paths.ts';
import type { SettingsInForce } from './settings-in-force.ts';

/** The engine's rooms, connected. Disposing closes them, the upper ones first; containers go on. */
export interface House extends AsyncDisposable {
  readonly builder: Builder;
  readonly containers: ContainerEngine;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly volumeArchives: VolumeArchives;
  readonly secrets: Readonly<Record<SecretKind, Secrets>>;
  readonly events: Events;
  readonly snapshots: Snapshots;
  readonly registry: RegistryClient;
}

/** Constructs every room and brings it in agreement with what an earlier daemon left. */
export async function buildHouse(inForce: SettingsInForce, log: Log): Promise<House> {
  const settings = inForce.now;
  await using open = new AsyncDisposableStack();
  const metadata = open.adopt(openDatabase(settings), (database) => database.close());
  const events = new EventBus(open.use(openHistory(settings, log)));
  const { snapshots, layers } = await openSnapshots({
    dataRoot: settings.dataRoot,
    execRoot: settings.execRoot,
    metadata,
    log,
    ...(settings.storageDriver && { driver: settings.storageDriver }),
  });
  let isDeserted = false;
  open.adopt(snapshots, (store) => store.close({ unmount: isDeserted }));
  const registry = open.adopt(openRegistry(inForce), (client) => client.close());
  const compressors = open.use(new Compressors());
  const images = openImages({
    metadata,
    content: openContent(join(settings.dataRoot, 'content')),
    layers,
    registry,
    partialFolder: join(settings.dataRoot, 'partial'),
    concurrentDownloads: () => inForce.now.maxConcurrentDownloads,
    concurrentUploads: () => inForce.now.maxConcurrentUploads,
    compressors,
    pushCompression: () => inForce.now.pushCompression,
    policy: () => inForce.now.imagePolicy,
    measureDisk: () => measureDiskSpace(settings.dataRoot),
    driver: snapshots.driver,
    publish: (fact) => events.publish(fact),
    usersOf: (imageId) => containers.usersOfImage(imageId),
  });
  const volumes = new VolumeEngine({
    metadata,
    events,
    log,
    root: join(settings.dataRoot, 'volumes'),
    foreign: new PluginDrivers(settings.plugins),
    users: {
      isActive: (user) => containers.volumeUsers.isActive(user),
      isSettled: (user) => containers.volumeUsers.isSettled(user),
      volumeRenamed(name, newName, mountpoint) {
        containers.volumeUsers.volumeRenamed(name, newName, mountpoint);
        volumeArchives.volumeRenamed(name, newName);
      },
    },
  });
  const volumeArchives = new ArchiveEngine({
    metadata,
    volumes,
    log,
    compressors,
    snapshotRoot: join(settings.dataRoot, 'volume-snapshots'),
    isActive: (user) => containers.volumeUsers.isActive(user),
  });
  const networks = open.use(
    createNetworks({
      ...{ metadata, events, log },
      ...networkParts(settings.network, engineId(settings.dataRoot)),
      resolver: {
        program: resolverPath(),
        directory: settings.execRoot,
        resolvConf: settings.network.resolvConf,
      },
    }),
  );
  const sealed = {
    ...{ metadata, events },
    key: () => openSealingKey(join(settings.dataRoot, 'secrets.key')),
    usersOf: (id: string) => containers.usersOfSecret(id),
  };
  const secrets = {
    secret: new SecretEngine({ ...sealed, kind: 'secret' }),
    config: new SecretEngine({ ...sealed, kind: 'config' }),
  };
  const cgroups = detectCgroups();
  const tasks = createTasks({ corePath: corePath(), execRoot: settings.execRoot, log });
  const rooms = { metadata, images, snapshots, networks, volumes, secrets, events, tasks, log, cgroups };
  const containers = createContainers({ ...rooms, settings: containerSettings(settings, cgroups) });
  open.defer(async () => {
    await containers[Symbol.asyncDispose]();
    isDeserted = isIdle(containers);
    if (isDeserted) await clearHost(networks, describeSetup(cgroups, settings.container.cgroupParent), log);
  });
  await images.reconcile();
  await volumes.reconcile();
  await volumeArchives.reconcile();
  await networks.ensureDefaults();
  await containers.reconcile();
  open.use(watchDisk(images, log));
  const { dataRoot, execRoot } = settings;
  const builder = openBuilder({ metadata, images, layers, snapshots, containers, dataRoot, execRoot });
  const closing = open.move();
  return {
    builder,
    containers,
    images,
    networks,
    volumes,
    volumeArchives,
    secrets,
    events,
    snapshots,
    registry,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function isIdle(containers: ContainerEngine): boolean {
  const { running, paused } = containers.counts();
  return running + paused === 0;
}

/** With no container left, the host's devices, rules and cgroups are of no use; the records stay. */
async function clearHost(networks: Networks, cgroupParent: CgroupSetup, log: Log): Promise<void> {
  await networks.destroy();
  try {
    await removeCgroup(cgroupParent);
  } catch (error) {
    log.warn('the parent cgroup was left behind', { error: errorMessage(error) });
  }
}

function openHistory({ dataRoot }: DaemonSettings, log: Log): EventHistory {
  return new EventHistory({
    folder: join(dataRoot, 'events'),
    onError: (error) => log.warn('events were not kept', { error: errorMessage(error) }),
  });
}

function openDatabase({ dataRoot, execRoot }: DaemonSettings): Metadata {
  mkdirSync(dataRoot, { recursive: true, mode: 0o711 });
  mkdirSync(execRoot, { recursive: true, mode: 0o711 });
  return openMetadata(join(dataRoot, 'metadata.db'));
}

function openRegistry(inForce: SettingsInForce): RegistryClient {
  const policy = () => registryPolicy(inForce.now);
  const { registryCertificates, registryCredentials } = inForce.now;
  const client = createRegistryClient({
    ...policy(),
    userAgent: `wharf/${product.version}`,
    ...(registryCertificates !== undefined && { certificatesFolder: registryCertificates }),
    ...(registryCredentials !== undefined && { credentialsFile: registryCredentials }),
  });
  inForce.onReload(() => client.setPolicy(policy()));
  return client;
}

function registryPolicy(settings: DaemonSettings): RegistryPolicy {
  const { registryMirrors, registries, insecureRegistries, maxDownloadAttempts, proxies } = settings;
  return {
    mirrors: registryMirrors,
    registries,
    insecureRegistries,
    downloadAttempts: maxDownloadAttempts,
    proxies,
  };
}
