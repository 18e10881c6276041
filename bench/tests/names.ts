import { copyFileSync } from 'node:fs';
import { folders, smallImage } from '../settings.ts';
import { toolPath } from '../tools.ts';
import { removeIdle } from './commands.ts';
import { print } from './traffic.ts';
import type { EngineTest } from './types.ts';

const home = 'bench-home';
const count = 20_000;
/** Where all engines see the program that asks. */
const program = `${folders.work}/names`;

/** Names of containers, asked in one; 10,000 a second are wanted of one processor. */
export const namesTest: EngineTest = {
  name: 'names',
  run(subject) {
    copyFileSync(toolPath('names'), program);
    subject.run(['network', 'create', home]);
    const run = ['run', '-d', ...subject.program.runOptions, '--network', home, '-v', `${program}:/names`];
    for (const name of ['bench-0', 'bench-1']) {
      subject.run([...run, '--name', name, smallImage, 'sleep', '600']);
    }
    const took = Number(print(subject, ['exec', 'bench-0', '/names', 'bench-1', String(count)]));
    subject.record({ name: `${count.toLocaleString('en')} names of containers`, unit: 'ms', target: 1 }, [
      took,
    ]);
    removeIdle(subject, 2);
    subject.run(['network', 'rm', home]);
  },
};
