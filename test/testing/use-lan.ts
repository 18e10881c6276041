import { after, afterEach, before } from 'node:test';
import { answerImage } from '../fixtures/answer-image.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { type Lan, makeLan } from './lan.ts';
import { startWharf, type TestWharf } from './wharf.ts';

export interface LanSuite {
  /** Only inside tests, as is the daemon. */
  readonly lan: Lan;
  readonly wharf: TestWharf;
  /** The stock client with the words of a line; must succeed. @returns standard output without the last newline */
  ok(line: string): Promise<string>;
}

/**
 * Gives the surrounding `describe` a host with a network of its own and a daemon on it, with the image answer:1. No
 * container outlives its test.
 */
export function useLan(args: readonly string[] = []): LanSuite {
  let lan: Lan | undefined;
  let wharf: TestWharf | undefined;
  const suite: LanSuite = {
    get lan() {
      if (lan === undefined) throw new Error('the suite has not started');
      return lan;
    },
    get wharf() {
      if (wharf === undefined) throw new Error('the suite has not started');
      return wharf;
    },
    ok: (line) => suite.wharf.dockerOk(line.split(' ').filter((word) => word !== '')),
  };
  before(async () => {
    lan = await makeLan();
    wharf = await startWharf({ program: lan.wharfd, args });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(answerImage()) });
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    const ids = await suite.ok('ps -aq');
    if (ids !== '') await suite.ok(`rm -f ${ids.replaceAll('\n', ' ')}`);
  });
  return suite;
}
