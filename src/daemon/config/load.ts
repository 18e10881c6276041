import { EngineError, errorMessage } from '#base';
import type { Options } from './options.ts';
import { configFile, readConfigFile, refuseConflicts } from './read-file.ts';
import { resolveSettings } from './resolve.ts';
import type { DaemonSettings } from './settings.ts';

/**
 * The settings of flags and configuration file together.
 * @throws EngineError invalid, in Docker's words: the file is missing though named, is no JSON, has unknown keys,
 * sets what a flag sets too, or a value makes no sense
 */
export function loadSettings(flags: Options): DaemonSettings {
  const source = configFile(flags);
  const refusing = <T>(read: () => T, stage = ''): T => {
    try {
      return read();
    } catch (cause) {
      const message = `unable to configure the Docker daemon with file ${source.path}: ${stage}${errorMessage(cause)}`;
      throw new EngineError('invalid', message, { cause });
    }
  };
  const file = refusing(() => readConfigFile(source));
  if (file === undefined) return resolveSettings(flags);
  refusing(() => refuseConflicts(flags, file));
  const merging = 'merged configuration validation from file and command line flags failed: ';
  return refusing(() => resolveSettings({ ...file, ...flags }), merging);
}
