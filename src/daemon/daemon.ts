import { join } from 'node:path';
import { createLog } from '#base';
import { createBuildkitFace } from '#serve/buildkit';
import { createDockerApi } from '#serve/docker';
import { createHttpServer } from '#serve/http';
import type { DaemonSettings } from './config/settings.ts';
import { loadTls } from './config/tls.ts';
import { buildHouse } from './house.ts';
import { holdDataRoot } from './instance-lock.ts';
import { listenAt } from './listen.ts';
import { engineMetrics } from './metrics/engine-metrics.ts';
import { serveMetrics } from './metrics/serve-metrics.ts';
import { holdPidfile } from './pidfile.ts';
import { reload, tellInertKeys } from './reload.ts';
import { withRest } from './rest.ts';
import { openServiceManager } from './service-manager.ts';
import { reloadAttributes, SettingsInForce } from './settings-in-force.ts';
import { describeSystem } from './system.ts';

/** What the outside tells a running daemon. */
export interface DaemonSignals {
  readonly stop: AbortSignal;
  /** Calls back whenever the configuration is to be read anew. */
  onReload(act: () => void): void;
}

/**
 * Serves until it is told to stop; then lets go of everything. Containers stay as they are.
 * @param load reads flags and configuration file; called at once and at every reload
 */
export async function runDaemon(load: () => DaemonSettings, signals: DaemonSignals): Promise<void> {
  const settings = load();
  const inForce = new SettingsInForce(settings);
  const log = createLog(() => inForce.now.logLevel, settings.logFormat);
  const tls = settings.tls && loadTls(settings.tls);
  using manager = openServiceManager(process.env);
  using _pidfile = holdPidfile(settings.pidfile);
  using _dataRoot = holdDataRoot(settings.dataRoot);
  tellInertKeys(settings, log);
  await using house = await buildHouse(inForce, log);
  const system = describeSystem(inForce, house);
  const contextRoot = join(settings.dataRoot, 'builder', 'contexts');
  const buildkit = createBuildkitFace({ ...house, contextRoot });
  const server = createHttpServer(withRest(createDockerApi({ ...house, buildkit, system, log })));
  await using _server = { [Symbol.asyncDispose]: () => server.close() };
  const collect = () => engineMetrics(house, system.facts());
  await using _metrics = await serveMetrics(settings.metricsAddress, collect, log);
  await listenAt(server, settings.hosts, { tls, log });
  signals.onReload(() => {
    const onReloaded = () => {
      const { id, hostName } = system.facts();
      const attributes = reloadAttributes(inForce.now, hostName);
      house.events.publish({ type: 'daemon', action: 'reload', id, attributes });
    };
    reload({ inForce, load, manager, log, onReloaded });
  });
  log.info('Daemon has completed initialization');
  manager.ready('Serving');
  await until(signals.stop);
  manager.stopping();
  log.info('Processing signal to stop');
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
