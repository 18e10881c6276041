import { errorMessage, type Log } from '#base';
import type { DaemonSettings } from './config/settings.ts';
import type { ServiceManager } from './service-manager.ts';
import type { SettingsInForce } from './settings-in-force.ts';

export interface ReloadParts {
  readonly inForce: SettingsInForce;
  /** Reads flags and file anew. @throws EngineError invalid */
  readonly load: () => DaemonSettings;
  readonly manager: ServiceManager;
  readonly log: Log;
  /** Tells the world. */
  readonly onReloaded: () => void;
}

/** Takes over the configuration file as it is now; one that makes no sense changes nothing. */
export function reload({ inForce, load, manager, log, onReloaded }: ReloadParts): void {
  manager.reloading();
  log.info('Got signal to reload configuration');
  try {
    inForce.reload(load());
    tellInertKeys(inForce.now, log);
    onReloaded();
    log.info('Reloaded configuration');
  } catch (error) {
    log.error('configuration not reloaded, the old one stays in force', { error: errorMessage(error) });
  }
  manager.ready('Serving');
}

/** A switching user is told which settings of Docker's do nothing here. */
export function tellInertKeys({ inertKeys: { unneeded, missing } }: DaemonSettings, log: Log): void {
  if (unneeded.length > 0) log.warn(`settings without effect in Wharf: ${unneeded.join(', ')}`);
  if (missing.length > 0) log.warn(`settings that Wharf does not support: ${missing.join(', ')}`);
}
