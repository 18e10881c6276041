import { defineCommand, exactly } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { copyToOutput } from '../stream/interact.ts';
import { parseTimeFlag } from '../times.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER'],
  operands: exactly(1),
  flags: {
    clear: { ...bool('Forget what the container has written so far, and print nothing'), isOwn: true },
    details: bool('Show extra details provided to logs'),
    follow: bool('Follow log output', 'f'),
    since: text(
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
    tail: text('Number of lines to show from the end of the logs', { short: 'n', initial: 'all' }),
    timestamps: bool('Show timestamps', 't'),
    until: text(
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
  },
  async run({ caller, client }, { values, operands: [name = ''] }) {
    if (values.clear) {
      await client.send({ method: 'DELETE', path: containerPath(name, 'logs') });
      return;
    }
    const response = await client.send({
      method: 'GET',
      path: containerPath(name, 'logs'),
      query: {
        stdout: true,
        stderr: true,
        details: values.details,
        follow: values.follow,
        since: timeOf('since', values.since),
        until: timeOf('until', values.until),
        tail: values.tail,
        timestamps: values.timestamps,
      },
    });
    const multiplexed = response.headers.get('content-type') === 'application/vnd.docker.multiplexed-stream';
    await copyToOutput(caller, response.body, multiplexed);
  },
});

function timeOf(name: string, value: string): string | undefined {
  if (value === '') return undefined;
  try {
    return parseTimeFlag(value);
  } catch (error) {
    throw new Error(`invalid value for ${JSON.stringify(name)}: ${(error as Error).message}`);
  }
}
