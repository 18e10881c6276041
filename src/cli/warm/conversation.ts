import type { Socket } from 'node:net';
import { type ReadyCommand, readCommandLine, settle } from '../command-line.ts';
import { decodeCall } from './call.ts';
import { DistantCaller } from './distant-caller.ts';
import { encodeFrame, type Frame, FrameReader, frameKind } from './frames.ts';

interface Accepted {
  readonly caller: DistantCaller;
  readonly command: ReadyCommand;
}

/**
 * One caller on one connection: reads what is called, declines by closing, or runs it when told to go. A caller who
 * leaves takes the command's connections with it. Settles when the connection is closed; never rejects.
 */
export async function converse(socket: Socket): Promise<void> {
  const reader = new FrameReader();
  let accepted: Accepted | undefined;
  let called = false;
  let running = false;
  const take = async ({ kind, payload }: Frame) => {
    if (kind === frameKind.call && !called) {
      called = true;
      accepted = await accept(payload, socket);
      if (accepted === undefined) socket.destroy();
      else socket.write(encodeFrame(frameKind.willing));
    } else if (kind === frameKind.go && accepted !== undefined && !running) {
      running = true;
      await run(accepted);
    } else if (kind === frameKind.signal && running) accepted?.caller.receive(payload[0] ?? 0);
    else socket.destroy();
  };
  socket.on('data', (bytes) => {
    try {
      for (const frame of reader.push(bytes)) void take(frame);
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  accepted?.command.abandon();
}

/** Undefined for what is no call, and for a command line that its own process had better run, or complain of. */
async function accept(payload: Buffer, socket: Socket): Promise<Accepted | undefined> {
  try {
    const caller = new DistantCaller(decodeCall(payload), socket);
    const command = await readCommandLine(caller);
    return command.warm ? { caller, command } : undefined;
  } catch {
    return undefined;
  }
}

async function run({ caller, command }: Accepted): Promise<void> {
  caller.begin();
  caller.exit(await settle(caller, () => command.run()));
}
