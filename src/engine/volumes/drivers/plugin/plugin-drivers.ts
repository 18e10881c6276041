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
const greetingMs = 5000;

interface Greeting {
  readonly address: string;
  readonly driver: Promise<PluginDriver>;
}

/**
 * The volume drivers among the plugins that files of this host tell of. A plugin is greeted when it is first asked
 * for, and again when its address changes; one that did not answer, not again for four times as long as it took.
 */
export class PluginDrivers implements ForeignDrivers {
  readonly #folders: PluginFolders;
  readonly #timeoutMs: number;
  readonly #greetings = new Map<string, Greeting>();

  constructor(folders: PluginFolders, timeoutMs = greetingMs) {
    this.#folders = folders;
    this.#timeoutMs = timeoutMs;
  }

  names(): string[] {
    return pluginNames(this.#folders);
  }

  async find(name: string): Promise<PluginDriver> {
    const found = findPlugin(this.#folders, name);
    if (found === undefined) throw unknownDriver(name);
    const address = JSON.stringify(found);
    const known = this.#greetings.get(name);
    if (known?.address === address) return await known.driver;
    const greeting = { address, driver: greet(name, found, this.#timeoutMs) };
    this.#greetings.set(name, greeting);
    void this.#forgetFailure(name, greeting);
    return await greeting.driver;
  }

  async #forgetFailure(name: string, greeting: Greeting): Promise<void> {
    const began = performance.now();
    const forget = () => {
      if (this.#greetings.get(name) === greeting) this.#greetings.delete(name);
    };
    try {
      await greeting.driver;
    } catch {
      const tookMs = performance.now() - began;
      if (tookMs < this.#timeoutMs) forget();
      else setTimeout(forget, 4 * tookMs).unref();
    }
  }
}

async function greet(name: string, address: PluginAddress, timeoutMs: number): Promise<PluginDriver> {
  const failed = (reason: string, cause?: unknown) =>
    new EngineError('unavailable', `error looking up volume plugin ${name}: ${reason}`, { cause });
  try {
    const call = { method: 'Plugin.Activate', request: {}, answer: activated, timeoutMs };
    const { Implements } = await askPlugin(address, call);
    if (!Implements?.includes('VolumeDriver')) throw failed('plugin does not implement VolumeDriver');
  } catch (cause) {
    throw errorKind(cause) === 'unavailable' ? failed(errorMessage(cause), cause) : cause;
  }
  return new PluginDriver(name, address, await scopeOf(address, timeoutMs));
}

/** Plugins that do not know the question are of this host. */
async function scopeOf(address: PluginAddress, timeoutMs: number): Promise<VolumeScope> {
  try {
    const call = { method: 'VolumeDriver.Capabilities', request: {}, answer: capable, timeoutMs };
    return (await askPlugin(address, call)).Capabilities.Scope === 'global' ? 'global' : 'local';
  } catch (error) {
    if (errorKind(error) === 'unavailable') throw error;
    return 'local';
  }
}
