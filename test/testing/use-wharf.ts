import { after, before } from 'node:test';
import { dockerArchive, type FixtureImage } from '../fixtures/image.ts';
import type { Output, RunOptions } from './programs.ts';
import { startWharf, type TestWharf, type TestWharfOptions } from './wharf.ts';

export interface Suite {
  /** The suite's daemon; only inside tests. */
  readonly wharf: TestWharf;
  /** Runs the stock client; ARGS are split at spaces, or given as a list. */
  docker(args: string | readonly string[], options?: RunOptions): Promise<Output>;
  /** The same, must succeed; standard output without the last newline. */
  ok(args: string | readonly string[], options?: RunOptions): Promise<string>;
}

/** Gives the surrounding `describe` one daemon, with images loaded, that its tests share; it is gone afterwards. */
export function useWharf(images: readonly FixtureImage[] = [], options: TestWharfOptions = {}): Suite {
  let running: TestWharf | undefined;
  const suite: Suite = {
    get wharf() {
      if (running === undefined) throw new Error('the suite has not started');
      return running;
    },
    docker: (args, run) => suite.wharf.docker(words(args), run),
    ok: (args, run) => suite.wharf.dockerOk(words(args), run),
  };
  before(async () => {
    running = await startWharf(options);
    if (images.length > 0) await running.dockerOk(['load', '-q'], { input: dockerArchive(...images) });
  });
  after(async () => {
    await running?.[Symbol.asyncDispose]();
  });
  return suite;
}

function words(args: string | readonly string[]): readonly string[] {
  return typeof args === 'string' ? args.split(' ') : args;
}
