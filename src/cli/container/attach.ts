import type { ContainerInspect } from '#api';
import type { Caller } from '../caller/index.ts';
import { defineCommand, ExitError, exactly } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { defaultDetachKeys } from '../stream/detach-keys.ts';
import { watchExit } from '../stream/exit-status.ts';
import { interact } from '../stream/interact.ts';
import { resize } from '../stream/resize.ts';
import { forwardSignals, toContainer } from '../stream/signals.ts';
import { attachStream } from './attach-stream.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER'],
  operands: exactly(1),
  flags: {
    'detach-keys': text('Override the key sequence for detaching a container'),
    'no-stdin': bool('Do not attach STDIN'),
    'sig-proxy': bool('Proxy all received signals to the process', undefined, true),
  },
  async run(session, { values, operands: [name = ''] }) {
    const { caller, client } = session;
    const container = await client.json<ContainerInspect>({
      method: 'GET',
      path: containerPath(name, 'json'),
    });
    checkAttachable(container);
    const { Id: id, Config: settings } = container;
    const stdin = !values['no-stdin'] && settings.OpenStdin;
    checkTerminal(caller, stdin, settings.Tty);
    const detachKeys = values['detach-keys'] || session.config.detachKeys || '';
    const exit = await watchExit(session, id, 'not-running');
    if (values['sig-proxy'] && !settings.Tty) forwardSignals(caller, toContainer(client, id));
    const stream = await attachStream(client, id, { stdin, stdout: true, stderr: true, detachKeys });
    if (settings.Tty)
      void redraw(
        () => resize(session, containerPath(id, 'resize'), 1),
        () => resize(session, containerPath(id, 'resize')),
      );
    await interact({ caller, stream, stdin, tty: settings.Tty, detachKeys: detachKeys || defaultDetachKeys });
    return exit.code;
  },
});

/** Makes the terminal another size and back: only then does a program there draw its screen again. */
async function redraw(larger: () => Promise<void>, back: () => Promise<void>): Promise<void> {
  await larger().catch(() => undefined);
  await back().catch(() => undefined);
}

function checkAttachable({ State: state }: ContainerInspect): void {
  if (!state.Running) throw new Error('You cannot attach to a stopped container, start it first');
  if (state.Paused) throw new Error('You cannot attach to a paused container, unpause it first');
  if (state.Restarting)
    throw new Error('You cannot attach to a restarting container, wait until it is running');
}

/** @throws ExitError when a terminal is asked for and standard input is none */
export function checkTerminal(caller: Caller, stdin: boolean, tty: boolean): void {
  if (stdin && tty && !caller.isTerminal(0)) {
    throw new ExitError(1, 'the input device is not a TTY');
  }
}
