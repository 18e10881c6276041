import { rmSync } from 'node:fs';
import { storedBytes } from '../disk.ts';
import type { Engine } from '../engines.ts';
import { type BenchImage, benchImages, syncDisks } from '../images.ts';
import { forgetPeaks, peakBytes } from '../memory.ts';
import { emptyRegistry } from '../peers/daemons.ts';
import { pause } from '../peers/process.ts';
import { folders, smallImage } from '../settings.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

/** One operation on images, measured for each of them. */
interface ImageTest {
  readonly name: string;
  /** Of the time, compared to the first program. */
  readonly target: number;
  /** What is there before, and does not count. */
  readonly given?: (image: BenchImage, engine: Engine) => readonly (readonly string[])[];
  readonly args: (image: BenchImage, engine: Engine) => readonly string[];
}

const savedArchive = `${folders.data}/saved.tar`;
const load = ({ archive }: BenchImage) => ['load', '-i', archive];

const tests: readonly ImageTest[] = [
  { name: 'load', target: 0.25, args: load },
  {
    name: 'save',
    target: 0.3,
    given: (image) => [load(image)],
    args: ({ name }) => ['save', '-o', savedArchive, name],
  },
  { name: 'rmi', target: 0.1, given: (image) => [load(image)], args: ({ name }) => ['rmi', name] },
  {
    name: 'pull',
    target: 0.35,
    args: ({ pulled }, { pullOptions }) => ['pull', '-q', ...pullOptions, pulled],
  },
];

export const imageTests: readonly EngineTest[] = tests.map((test) => ({
  name: test.name,
  run(subject) {
    for (const image of benchImages) measure(test, image, subject);
  },
}));

/** Each time to a registry that has nothing. */
export const pushTest: EngineTest = {
  name: 'push',
  run(subject) {
    for (const image of benchImages) {
      const registry = emptyRegistry();
      registry.start();
      try {
        measure(pushTo(`${registry.host}/${image.name}`), image, subject);
        subject.run(['rmi', '-f', `${registry.host}/${image.name}`]);
      } finally {
        registry.stop();
      }
    }
  },
};

function pushTo(name: string): ImageTest {
  return {
    name: 'push',
    target: 0.4,
    given: (image) => [load(image), ['tag', image.name, name]],
    args: (_image, engine) => ['push', '-q', ...engine.pullOptions, name],
  };
}

function measure(test: ImageTest, image: BenchImage, subject: Subject<Engine>): void {
  const { program } = subject;
  for (const args of test.given?.(image, program) ?? []) subject.run(args);
  // What an earlier test has removed may go a moment later.
  pause(500);
  const before = storedBytes(program.store);
  // Podman adds to an archive that is there.
  rmSync(savedArchive, { force: true });
  syncDisks();
  forgetPeaks(program.keeps);
  const title = `${test.name} of ${image.title}`;
  subject.time({ name: title, unit: 'ms', target: test.target }, test.args(image, program));
  if (program.daemon !== undefined) {
    subject.record({ name: `peak memory, ${title}`, unit: 'MiB' }, [peakBytes(program.keeps) / 2 ** 20]);
  }
  const grown = storedBytes(program.store) - before;
  if (grown > 2 ** 20) subject.record({ name: `disk, ${title}`, unit: 'MiB' }, [grown / 2 ** 20]);
  for (const name of [image.name, image.pulled]) subject.run(['rmi', '-f', name]);
}

const changeCommand = 'head -c 104857600 /dev/urandom >/change';

export const commitTest: EngineTest = {
  name: 'commit',
  run(subject) {
    const { runOptions, forceRemove } = subject.program;
    subject.run(['run', '--name', 'bench-0', ...runOptions, smallImage, 'sh', '-c', changeCommand]);
    syncDisks();
    const metric = { name: 'commit of 100 MB', unit: 'ms', target: 0.4 } as const;
    subject.time(metric, ['commit', 'bench-0', 'bench-committed:1']);
    subject.run([...forceRemove, 'bench-0']);
    subject.run(['rmi', '-f', 'bench-committed:1']);
  },
};
