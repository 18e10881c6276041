import { existsSync, writeFileSync } from 'node:fs';
import type { Engine } from '../engines.ts';
import type { Metric } from '../results.ts';
import { folders, smallImage } from '../settings.ts';
import { removeIdle } from './commands.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const written: Metric = { name: '200 MB to the log', unit: 'ms', target: 0.25 };
const readBack: Metric = { name: '200 MB of log read back', unit: 'ms', target: 0.05 };
const piped: Metric = { name: 'run -i cat of 500 MB', unit: 'ms', target: 0.67 };

/** 2,000,000 lines of 100 bytes. */
const writeLines = `yes ${'x'.repeat(99)} | head -n 2000000`;
const pipedFile = `${folders.work}/500MB`;

/** The log of a container that writes as fast as it can, and its way back through the client. */
export const logTest: EngineTest = {
  name: 'logs',
  run(subject) {
    const args = [
      'run',
      '--name',
      'bench-0',
      '-d',
      ...keepAll(subject.program),
      smallImage,
      'sh',
      '-c',
      writeLines,
    ];
    subject.run(args);
    subject.time(written, ['wait', 'bench-0']);
    subject.time(readBack, ['logs', 'bench-0'], { output: '/dev/null' });
    removeIdle(subject, 1);
  },
};

/** Standard input through a container and back. */
export const pipeTest: EngineTest = {
  name: 'cat',
  run(subject: Subject<Engine>) {
    if (!existsSync(pipedFile)) writeFileSync(pipedFile, Buffer.alloc(500e6, 'a line of sixteen\n'));
    const args = ['run', '-i', '--rm', '--log-driver=none', ...subject.program.runOptions, smallImage, 'cat'];
    subject.time(piped, args, { input: pipedFile, output: '/dev/null' });
  },
};

/** Nothing of the log may be rotated away before it is read. */
function keepAll({ name, runOptions }: Engine): string[] {
  const driver = name === 'podman' ? 'k8s-file' : 'json-file';
  return [...runOptions, '--log-driver', driver, '--log-opt', 'max-size=1g'];
}
