import type { Caller, StandardDescriptor, TerminalSize } from '../caller/index.ts';
import type { Call } from './call.ts';
import { encodeFrame, frameKind } from './frames.ts';

/** The way back to a caller. */
export interface Outlet {
  /** False when what was written waits, and a `drain` will follow. */
  write(bytes: Uint8Array): boolean;
  /** Writes the last bytes and says that no more will come. */
  end(bytes: Uint8Array): void;
  on(event: 'drain' | 'close', listener: () => void): void;
  readonly destroyed: boolean;
}

/** A caller in another process. What is written before `begin()` waits for it; what is written to one who has gone is lost. */
export class DistantCaller implements Caller {
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly #terminals: ReadonlyMap<StandardDescriptor, TerminalSize>;
  readonly #outlet: Outlet;
  readonly #listeners = new Map<number, (() => void)[]>();
  #held: Buffer[] | undefined = [];
  /** That the caller has taken what waits, or has gone. */
  #room: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(call: Call, outlet: Outlet) {
    this.program = call.program;
    this.argv = call.argv;
    this.environment = call.environment;
    this.directory = call.directory;
    this.#terminals = call.terminals;
    this.#outlet = outlet;
    const goOn = () => {
      this.#room?.resolve();
      this.#room = undefined;
    };
    outlet.on('drain', goOn);
    outlet.on('close', goOn);
  }

  /** From now on what the command writes reaches the caller. */
  begin(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) void this.#send(frame);
  }

  writeOut(content: string | Uint8Array): Promise<void> | undefined {
    return this.#send(encodeFrame(frameKind.out, bytesOf(content)));
  }

  writeError(content: string | Uint8Array): Promise<void> | undefined {
    return this.#send(encodeFrame(frameKind.error, bytesOf(content)));
  }

  isTerminal(descriptor: StandardDescriptor): boolean {
    return this.#terminals.has(descriptor);
  }

  terminalSize(descriptor: StandardDescriptor): TerminalSize | undefined {
    const size = this.#terminals.get(descriptor);
    return size === undefined || size.columns === 0 ? undefined : size;
  }

  onSignal(signal: NodeJS.Signals, listener: () => void): void {
    const number = signalNumber(signal);
    const listeners = this.#listeners.get(number);
    if (listeners !== undefined) return void listeners.push(listener);
    this.#listeners.set(number, [listener]);
    void this.#send(encodeFrame(frameKind.take, Uint8Array.of(number)));
  }

  /** A signal that has reached the caller. */
  receive(number: number): void {
    for (const listener of this.#listeners.get(number) ?? []) listener();
  }

  exit(exitCode: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#outlet.end(encodeFrame(frameKind.exit, Uint8Array.of(exitCode)));
  }

  #send(frame: Buffer): Promise<void> | undefined {
    if (this.#held !== undefined) {
      this.#held.push(frame);
      return undefined;
    }
    if (this.#ended || this.#outlet.destroyed || this.#outlet.write(frame)) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function signalNumber(signal: NodeJS.Signals): number {
  const { signals } = process.getBuiltinModule('node:os').constants;
  return signals[signal];
}
