import { demultiplex } from '#api';
import type { HijackedStream } from '#client';
import type { Caller } from '../caller/index.ts';
import { Detached, parseDetachKeys, watchDetachKeys } from './detach-keys.ts';
import { readStdin } from './stdin.ts';
import { openRawTerminal, type RawTerminal } from './terminal.ts';

export interface Interaction {
  readonly caller: Caller;
  readonly stream: HijackedStream;
  /** Send our standard input. */
  readonly stdin: boolean;
  /** The other side is a terminal: ours becomes raw and passes every key. */
  readonly tty: boolean;
  readonly detachKeys: string;
}

/**
 * Joins our standard streams to a container's until its output ends.
 * @throws Detached when the user typed the detach keys
 */
export async function interact({ caller, stream, stdin, tty, detachKeys }: Interaction): Promise<void> {
  const keyboard = stdin && tty && caller.isTerminal(0);
  const keys = keyboard ? parseDetachKeys(detachKeys) : noKeys;
  const terminal = keyboard ? openRawTerminal(caller) : undefined;
  try {
    const output = copyOutput(caller, stream, stream.multiplexed && !tty);
    if (!stdin) {
      stream.end();
      await output;
      return;
    }
    await Promise.race([output, sendInput(stream, terminal, keys)]);
  } finally {
    terminal?.restore();
    stream.destroy();
  }
}

const noKeys = new Uint8Array(0);

/** Settles only when the user detached: the end of our input does not end the conversation. */
async function sendInput(
  stream: HijackedStream,
  terminal: RawTerminal | undefined,
  keys: Uint8Array,
): Promise<never> {
  const input = terminal === undefined ? readStdin() : watchDetachKeys(terminal.input, keys);
  try {
    for await (const chunk of input) await stream.write(chunk);
    stream.end();
  } catch (error) {
    if (error instanceof Detached) throw error;
    // The container has stopped reading; what it still writes is what counts.
  }
  return new Promise<never>(() => undefined);
}

async function copyOutput(caller: Caller, stream: HijackedStream, multiplexed: boolean): Promise<void> {
  await copyToOutput(caller, chunksOf(stream), multiplexed);
}

async function* chunksOf(stream: HijackedStream): AsyncGenerator<Uint8Array, void> {
  for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) yield chunk;
}

const standardOutput = 1;
const standardError = 2;

/** Writes a container's output to ours, split by stream when it comes in frames. */
export async function copyToOutput(
  caller: Caller,
  source: AsyncIterable<Uint8Array>,
  multiplexed: boolean,
): Promise<void> {
  if (!multiplexed) {
    for await (const chunk of source) await caller.writeOut(chunk);
    return;
  }
  for await (const { stream, payload } of demultiplex(source)) {
    if (stream === standardOutput || stream === 0) await caller.writeOut(payload);
    else if (stream === standardError) await caller.writeError(payload);
    else throw new Error(`error from daemon in stream: ${Buffer.from(payload).toString()}`);
  }
}
