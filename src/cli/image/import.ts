import type { ProgressMessage } from '#api';
import { readJsonLines } from '#client';
import { parseReference } from '#oci';
import { atLeast, defineCommand } from '../command.ts';
import { list, text } from '../flags/index.ts';
import { platformFlag } from '../platform-flag.ts';
import { showProgress } from '../progress.ts';
import { openSource } from '../stream/source.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] file|URL|- [REPOSITORY[:TAG]]'],
  operands: atLeast(1),
  flags: {
    change: list('Apply Dockerfile instruction to the created image', { short: 'c' }),
    message: text('Set commit message for imported image', { short: 'm' }),
    platform: platformFlag,
  },
  async run({ caller, client }, { values, operands: [source = '', name = ''] }) {
    const url = isUrl(source) ? source : undefined;
    const upload = url === undefined ? await openSource(source) : {};
    if (name !== '') parseReference(name);
    const response = await client.send({
      method: 'POST',
      path: '/images/create',
      query: {
        fromSrc: url ?? '-',
        repo: name || undefined,
        message: values.message || undefined,
        changes: values.change,
        platform: values.platform.toLowerCase() || undefined,
      },
      ...upload,
    });
    await showProgress(caller, readJsonLines<ProgressMessage>(response.body), {
      quiet: false,
      toStderr: false,
    });
  },
});

/** The daemon fetches these itself. */
function isUrl(source: string): boolean {
  return /^(https?|git):\/\/|^(github\.com\/|git@)/.test(source);
}
