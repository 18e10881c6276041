import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { isLive } from '../state.ts';
import type { AttachedStream, AttachOptions, ContainerRecord, StreamSelection } from '../types.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { RelayStream } from './relay-stream.ts';
import { replayLog } from './replay-log.ts';

/** A conversation that was opened before its container started, and what it is about. */
export interface WaitingStream {
  readonly duplex: RelayStream;
  readonly selection: StreamSelection;
}

/** Opens a conversation with a container, also one that has not started yet. */
export async function attach(
  context: ContainerContext,
  record: ContainerRecord,
  options: AttachOptions,
): Promise<AttachedStream> {
  if (record.state.status === 'paused') {
    throw new EngineError(
      'conflict',
      `Container ${record.id} is paused, unpause the container before attach`,
    );
  }
  const terminal = record.config.Tty;
  const duplex = openRelay(context, record, options);
  publish(context, record, 'attach');
  if (options.logs) await replayLog(context, record, options, duplex);
  if (!options.stream) duplex.push(null);
  else await join(context, record, { duplex, selection: selectionOf(record, options) });
  return { stream: duplex, framed: !terminal };
}

function openRelay(context: ContainerContext, record: ContainerRecord, options: AttachOptions): RelayStream {
  if (!record.config.Tty) return new RelayStream();
  return new RelayStream({
    detachKeys: parseDetachKeys(options.detachKeys ?? ''),
    onDetach: () => publish(context, record, 'detach'),
  });
}

async function join(
  context: ContainerContext,
  record: ContainerRecord,
  waiting: WaitingStream,
): Promise<void> {
  const live = context.live.get(record.id);
  if (live !== undefined) {
    waiting.duplex.connect(await live.task.attach(waiting.selection));
  } else if (isLive(record.state)) {
    throw new EngineError('conflict', messages.notRunning(record.id));
  } else {
    context.live.addWaiting(record.id, waiting);
  }
}

/** A container whose stdin was not opened at create has none to attach to. */
function selectionOf(record: ContainerRecord, { stdin, stdout, stderr }: AttachOptions): StreamSelection {
  return { stdin: stdin && record.config.OpenStdin, stdout, stderr };
}
