import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError, errorMessage } from '#base';
import type { TaskLog } from '#task';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import type { ContainerRecord } from '../types.ts';
import { lineAttributes } from './attributes.ts';
import { resolveStorage } from './log-config.ts';
import type { LogAttributes } from './pick-attributes.ts';
import { remoteDrivers } from './shipping/drivers.ts';

/**
 * The log that a container's shim shall write; undefined for none. Its directory is made.
 * @throws EngineError invalid, for a tag or an expression that can't be filled in, or a driver that can't be had here
 */
export function taskLogOf({ settings }: ContainerContext, record: ContainerRecord): TaskLog | undefined {
  const storage = resolveStorage(record.hostConfig.LogConfig);
  if (storage === undefined) return undefined;
  const { log: path } = pathsOf(settings, record);
  mkdirSync(dirname(path), { recursive: true, mode: 0o710 });
  const { format, maxSize, maxFiles } = storage;
  return { path, format, maxSize, maxFiles, attributes: encodeAttributes(prepare(record, path)) };
}

function prepare(record: ContainerRecord, logPath: string): LogAttributes {
  const { Type, Config } = record.hostConfig.LogConfig;
  try {
    remoteDrivers.get(Type)?.check?.(Config ?? {});
    return lineAttributes(record, logPath);
  } catch (cause) {
    const message = `failed to create task for container: failed to initialize logging driver: ${errorMessage(cause)}`;
    throw new EngineError('invalid', message, { cause });
  }
}

/** As Go writes them; '' for none. */
function encodeAttributes(attributes: LogAttributes): string {
  if (Object.keys(attributes).length === 0) return '';
  return JSON.stringify(attributes).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
