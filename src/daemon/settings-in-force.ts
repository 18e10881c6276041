import type { DaemonSettings } from './config/settings.ts';

/** The settings of a running daemon: those it was started with, and what reloads have changed since. */
export class SettingsInForce {
  #settings: DaemonSettings;
  readonly #followers: (() => void)[] = [];

  constructor(settings: DaemonSettings) {
    this.#settings = settings;
  }

  get now(): DaemonSettings {
    return this.#settings;
  }

  /** Called after every reload. */
  onReload(follow: () => void): void {
    this.#followers.push(follow);
  }

  /** Takes over what a running daemon can change; the rest of `next` waits for a restart. */
  reload(next: DaemonSettings): void {
    this.#settings = {
      ...this.#settings,
      debug: next.debug,
      logLevel: next.logLevel,
      labels: next.labels,
      features: next.features,
      registryMirrors: next.registryMirrors,
      registries: next.registries,
      insecureRegistries: next.insecureRegistries,
      maxConcurrentDownloads: next.maxConcurrentDownloads,
      maxConcurrentUploads: next.maxConcurrentUploads,
      pushCompression: next.pushCompression,
      maxDownloadAttempts: next.maxDownloadAttempts,
      imagePolicy: next.imagePolicy,
      shutdownTimeoutSeconds: next.shutdownTimeoutSeconds,
      defaultRuntime: next.defaultRuntime,
      inertKeys: next.inertKeys,
    };
    for (const follow of this.#followers) follow();
  }
}

/** What the event of a reload tells, under Docker's keys. */
export function reloadAttributes(settings: DaemonSettings, hostName: string): Record<string, string> {
  const { container } = settings;
  return {
    debug: String(settings.debug),
    'default-ipc-mode': container.ipcMode,
    'default-runtime': settings.defaultRuntime,
    'default-shm-size': String(container.shmBytes),
    features: JSON.stringify(settings.features),
    'insecure-registries': JSON.stringify(settings.insecureRegistries),
    labels: JSON.stringify(settings.labels),
    'live-restore': 'true',
    'max-concurrent-downloads': String(settings.maxConcurrentDownloads),
    'max-concurrent-uploads': String(settings.maxConcurrentUploads),
    'max-download-attempts': String(settings.maxDownloadAttempts),
    name: hostName,
    'registry-mirrors': JSON.stringify(settings.registryMirrors),
    runtimes: 'runc',
    'shutdown-timeout': String(settings.shutdownTimeoutSeconds),
  };
}
