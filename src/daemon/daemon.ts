import { createLog, type Log } from '#base';
import { createDockerApi } from '#serve/docker';
import { createHttpServer, type ListenAddress } from '#serve/http';
import type { DaemonSettings } from './config/settings.ts';
import { buildHouse } from './house.ts';
import { holdDataRoot } from './instance-lock.ts';
import { holdPidfile } from './pidfile.ts';
import { withRest } from './rest.ts';
import { describeSystem } from './system.ts';

/** Serves until the signal; then lets go of everything. Containers stay as they are. */
export async function runDaemon(settings: DaemonSettings, signal: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  using _pidfile = holdPidfile(settings.pidfile);
  using _dataRoot = holdDataRoot(settings.dataRoot);
  await using house = await buildHouse(settings, log);
  const api = createDockerApi({ ...house, system: describeSystem(settings, house), log });
  const server = createHttpServer(withRest(api));
  await using _server = { [Symbol.asyncDispose]: () => server.close() };
  for (const host of settings.hosts) tellAddress(log, await server.listen(host));
  log.info('Daemon has completed initialization');
  await until(signal);
  log.info('Processing signal to stop');
}

function tellAddress(log: Log, address: ListenAddress): void {
  const place =
    address.kind === 'unix'
      ? address.path
      : address.kind === 'fd'
        ? `fd ${address.fd}`
        : `${address.host}:${address.port}`;
  log.info(`API listen on ${place}`);
  if (address.kind === 'tcp') {
    log.warn(
      'API is accessible without encryption. Access to the remote API is equivalent to root access on the host.',
    );
  }
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
