import type { ContainerInspect } from '#api';
import { atLeast, defineCommand, ExitError } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { forEachName, NamesError } from '../names.ts';
import type { Session } from '../session.ts';
import { Detached, defaultDetachKeys } from '../stream/detach-keys.ts';
import { watchExit } from '../stream/exit-status.ts';
import { interact } from '../stream/interact.ts';
import { followTerminalSize } from '../stream/resize.ts';
import { forwardSignals, toContainer } from '../stream/signals.ts';
import { checkTerminal } from './attach.ts';
import { attachStream } from './attach-stream.ts';
import { containerPath, containerPost } from './path.ts';

const experimental = 'with experimental features enabled';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: {
    attach: bool('Attach STDOUT/STDERR and forward signals', 'a'),
    checkpoint: text('Restore from this checkpoint', { hidden: true, onlyOn: experimental }),
    'checkpoint-dir': text('Use a custom checkpoint storage directory', {
      hidden: true,
      onlyOn: experimental,
    }),
    'detach-keys': text('Override the key sequence for detaching a container'),
    interactive: bool("Attach container's STDIN", 'i'),
  },
  warm: ({ values }) => !values.attach && !values.interactive,
  async run(session, { operands, values }) {
    const detachKeys = values['detach-keys'] || session.config.detachKeys || '';
    if (values.attach || values.interactive) {
      if (operands.length > 1) throw new Error('you cannot start and attach multiple containers at once');
      return startAttached(session, operands[0] ?? '', values.interactive, detachKeys);
    }
    await startAll(session, operands);
    return 0;
  },
});

async function startAll({ caller, client }: Session, names: readonly string[]): Promise<void> {
  try {
    await forEachName(caller, names, async (name) => void (await client.call(containerPost(name, 'start'))));
  } catch (error) {
    if (!(error instanceof NamesError)) throw error;
    const what = `Error: failed to start containers: ${error.names.join(', ')}`;
    throw new ExitError(1, `${error.message}\n${what}`, error.cause);
  }
}

async function startAttached(
  session: Session,
  name: string,
  interactive: boolean,
  detachKeys: string,
): Promise<number> {
  const { caller, client } = session;
  const path = containerPath(name, 'json');
  const {
    Id: id,
    Config: config,
    HostConfig: host,
  } = await client.json<ContainerInspect>({ method: 'GET', path });
  const stdin = interactive && config.OpenStdin;
  checkTerminal(caller, stdin, config.Tty);
  if (!config.Tty) forwardSignals(caller, toContainer(client, id));
  const stream = await attachStream(client, id, { stdin, stdout: true, stderr: true, detachKeys });
  const exit = await watchExit(session, id, host.AutoRemove ? 'removed' : 'next-exit');
  const conversation = interact({
    caller,
    stream,
    stdin,
    tty: config.Tty,
    detachKeys: detachKeys || defaultDetachKeys,
  });
  conversation.catch(() => undefined);
  await client.call(containerPost(id, 'start'));
  if (config.Tty) followTerminalSize(session, containerPath(id, 'resize'));
  try {
    await conversation;
  } catch (error) {
    if (error instanceof Detached) return 0;
    throw error;
  }
  return exit.code;
}
