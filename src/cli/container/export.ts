import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { saveStream } from '../stream/save.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER'],
  operands: exactly(1),
  flags: { output: text('Write to a file, instead of STDOUT', { short: 'o' }) },
  async run({ caller, client }, { operands: [name = ''], values }) {
    if (values.output === '' && caller.isTerminal(1)) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    if (values.output !== '') checkOutput(values.output);
    const response = await client.send({ method: 'GET', path: containerPath(name, 'export') });
    await saveStream(caller, response.body, values.output);
  },
});

/** @throws Error when no file can be made there */
function checkOutput(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new Error(
      `failed to export container: invalid output path: stat ${folder}: no such file or directory`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error('failed to export container: cannot write to a directory');
  }
}
