import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#base';
import { parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { defaultSpec } from '../default-spec.ts';

/** `spec`: writes a `config.json` to start from. */
export const command: Command = async (_, words) => {
  const { flags } = parseArguments(words, { bundle: 'value', rootless: 'switch' }, { b: 'bundle' });
  if (flags.rootless) throw new EngineError('notImplemented', 'user namespaces are not supported');
  const path = join(flags.bundle ?? '.', 'config.json');
  if (existsSync(path)) throw new EngineError('conflict', 'File config.json exists. Remove it first');
  writeFileSync(path, `${JSON.stringify(defaultSpec, undefined, 2)}\n`);
  return 0;
};
