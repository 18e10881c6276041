import { schema } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import { type ForeignDrivers, unknownDriver } from '../drivers.ts';
import type { VolumeScope } from '../types.ts';
import { askPlugin } from './ask-plugin.ts';
import { findPlugin, type PluginAddress, type PluginFolders, pluginNames } from './find-plugin.ts';
import { PluginDriver } from './plugin-driver.ts';

const activated = schema.struct('Manifest', { Implements: schema.list(schema.text) });
const capable = schema.struct('Response', {
  Capabilities: schema.struct('Capability', { Scope: schema.text }),
});

/** A plugin answers these at once. */
const timeoutMs = 15_000;

/**
 * The volume drivers among the plugins that files of this host tell of. A plugin is greeted when it is first asked
 * for, and again when its address changes.
 */
export class PluginDrivers implements ForeignDrivers {
  readonly #folders: PluginFolders;
  readonly #greeted = new Map<string, { readonly address: string; readonly driver: PluginDriver }>();

  constructor(folders: PluginFolders) {
    this.#folders = folders;
  }

  names(): string[] {
    return pluginNames(this.#folders);
  }

  async find(name: string): Promise<PluginDriver> {
    const found = findPlugin(this.#folders, name);
    if (found === undefined) throw unknownDriver(name);
    const address = JSON.stringify(found);
    const known = this.#greeted.get(name);
    if (known?.address === address) return known.driver;
    const driver = await greet(name, found);
    this.#greeted.set(name, { address, driver });
    return driver;
  }
}

async function greet(name: string, address: PluginAddress): Promise<PluginDriver> {
  const failed = (reason: string, cause?: unknown) =>
    new EngineError('unavailable', `error looking up volume plugin ${name}: ${reason}`, { cause });
  try {
    const call = { method: 'Plugin.Activate', request: {}, answer: activated, timeoutMs };
    const { Implements } = await askPlugin(address, call);
    if (!Implements?.includes('VolumeDriver')) throw failed('plugin does not implement VolumeDriver');
  } catch (cause) {
    throw errorKind(cause) === 'unavailable' ? failed(errorMessage(cause), cause) : cause;
  }
  return new PluginDriver(name, address, await scopeOf(address));
}

/** Plugins that do not know the question are of this host. */
async function scopeOf(address: PluginAddress): Promise<VolumeScope> {
  try {
    const call = { method: 'VolumeDriver.Capabilities', request: {}, answer: capable, timeoutMs };
    return (await askPlugin(address, call)).Capabilities.Scope === 'global' ? 'global' : 'local';
  } catch (error) {
    if (errorKind(error) === 'unavailable') throw error;
    return 'local';
  }
}
