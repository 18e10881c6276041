import { createReadStream, existsSync } from 'node:fs';
import type { ProgressMessage } from '#api';
import { readJsonLines } from '#client';
import { defineCommand, noOperands } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { writeOut } from '../output.ts';
import { showProgress } from '../progress.ts';
import { readStdin } from '../stream/stdin.ts';
import { isTerminal } from '../terminal-size.ts';
import { encodePlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    input: text('Read from tar archive file, instead of STDIN', { short: 'i' }),
    platform: text(
      'Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
    quiet: bool('Suppress the load output', 'q'),
  },
  async run({ client }, { values }) {
    const quiet = values.quiet || !isTerminal(1);
    const response = await client.send({
      method: 'POST',
      path: '/images/load',
      query: { quiet: quiet ? '1' : '0', platform: encodePlatform(values.platform) },
      body: openInput(values.input),
    });
    if (response.headers.get('content-type') !== 'application/json') {
      writeOut(await response.text());
      return;
    }
    await showProgress(readJsonLines<ProgressMessage>(response.body), { quiet: false, toStderr: false });
  },
});

function openInput(path: string): AsyncIterable<Uint8Array> {
  if (path !== '') {
    if (!existsSync(path)) throw new Error(`open ${path}: no such file or directory`);
    return createReadStream(path, { highWaterMark: 1 << 18 });
  }
  if (isTerminal(0)) throw new Error('requested load from stdin, but stdin is empty');
  return readStdin();
}
