import type { Caller } from '../caller/index.ts';
import { ttyModule } from '../caller/terminal-size.ts';
import { endOnSignals } from './signals.ts';

/** The terminal on standard input in raw mode: every key comes as it is pressed, unseen by the kernel. */
export interface RawTerminal {
  readonly input: AsyncIterable<Uint8Array>;
  /** Gives the terminal back as it was; happens by itself when the program ends, by a signal too. */
  restore(): void;
}

export function openRawTerminal(caller: Caller): RawTerminal {
  const stream = new (ttyModule().ReadStream)(0);
  stream.setRawMode(true);
  passOutputUnchanged();
  let restored = false;
  const restore = () => {
    if (restored) return;
    restored = true;
    stream.setRawMode(false);
    stream.pause();
  };
  process.once('exit', restore);
  endOnSignals(caller);
  return { input: stream, restore };
}

/**
 * The runtime's raw mode still makes CR LF of every LF, which a program on the other side means as a step down.
 * Where there is no stty it stays so.
 */
function passOutputUnchanged(): void {
  process
    .getBuiltinModule('node:child_process')
    .spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}
