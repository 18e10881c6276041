import { messages } from '#api';
import { EngineError, nowNs } from '#base';
import type { Attachment } from '#task';
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

/**
 * Opens a conversation with the container that `ref` names, also one that has not started yet.
 * @throws EngineError invalid, for detach keys that are none; conflict, when it is paused or between two runs
 */
export async function attach(
  context: ContainerContext,
  ref: string,
  options: AttachOptions,
): Promise<AttachedStream> {
  const detachKeys = parseDetachKeys(options.detachKeys ?? '', 'detach');
  const record = context.records.find(ref);
  refuseUnable(record, ref);
  const terminal = record.config.Tty;
  const onDetach = () => publish(context, record, 'detach');
  const duplex = new RelayStream(terminal ? { detachKeys, onDetach } : {});
  publish(context, record, 'attach');
  const selection = selectionOf(record, options);
  const attachment = options.stream ? await attachLive(context, record, selection) : undefined;
  if (options.logs)
    replayLog(context, record, { ...options, untilNs: attachment?.sinceNs ?? nowNs() }, duplex);
  if (!options.stream) duplex.finish();
  else if (attachment === undefined) context.live.addWaiting(record.id, { duplex, selection });
  else duplex.connect(attachment.socket);
  return { stream: duplex, framed: !terminal };
}

function refuseUnable({ state }: ContainerRecord, ref: string): void {
  if (state.status === 'paused') {
    throw new EngineError('conflict', `container ${ref} is paused, unpause the container before attach`);
  }
  if (state.status === 'restarting') {
    throw new EngineError(
      'conflict',
      `container ${ref} is restarting, wait until the container is running before attach`,
    );
  }
}

/** A conversation with a process that runs; undefined before it does. */
async function attachLive(
  context: ContainerContext,
  record: ContainerRecord,
  selection: StreamSelection,
): Promise<Attachment | undefined> {
  const live = context.live.get(record.id);
  if (live === undefined && isLive(record.state)) {
    throw new EngineError('conflict', messages.notRunning(record.id));
  }
  return await live?.task.attach(selection);
}

/** A container whose stdin was not opened at create has none to attach to. */
function selectionOf(record: ContainerRecord, { stdin, stdout, stderr }: AttachOptions): StreamSelection {
  return { stdin: stdin && record.config.OpenStdin, stdout, stderr };
}
