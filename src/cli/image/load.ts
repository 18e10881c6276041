import type { ProgressMessage } from '#api';
import { readJsonLines } from '#client';
import type { Caller } from '../caller/index.ts';
import { defineCommand, noOperands } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { showProgress } from '../progress.ts';
import { openSource, type Source } from '../stream/source.ts';
import { encodePlatform, invalidPlatform } from './platform.ts';

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
  async run({ caller, client }, { values }) {
    const quiet = values.quiet || !caller.isTerminal(1);
    const response = await client.send({
      method: 'POST',
      path: '/images/load',
      query: { quiet: quiet ? '1' : '0', platform: await encodePlatform(values.platform, invalidPlatform) },
      ...(await openInput(caller, values.input)),
    });
    if (response.headers.get('content-type') !== 'application/json') {
      caller.writeOut(await response.text());
      return;
    }
    await showProgress(caller, readJsonLines<ProgressMessage>(response.body), {
      quiet: false,
      toStderr: false,
    });
  },
});

function openInput(caller: Caller, path: string): Promise<Source> {
  if (path !== '') return openSource(path);
  if (caller.isTerminal(0)) throw new Error('requested load from stdin, but stdin is empty');
  return openSource('-');
}
