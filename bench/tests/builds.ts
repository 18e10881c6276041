import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engines.ts';
import { folders, smallImage } from '../settings.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const image = 'bench-built:1';
const home = join(folders.work, 'builds');

/** A Dockerfile and the files around it. */
interface Context {
  readonly name: string;
  readonly dockerfile: string;
  /** How many files of how many bytes, spread over directories. */
  readonly files?: { readonly count: number; readonly bytes: number };
}

const steps = Array.from({ length: 9 }, (_, step) => `RUN echo ${step} > /step${step}`);
const stages = Array.from(
  { length: 4 },
  (_, stage) => `FROM ${smallImage} AS s${stage}\nRUN sleep 0.5; echo ${stage} > /s`,
);
const copies = stages.map((_, stage) => `COPY --from=s${stage} /s /s${stage}`);

const contexts = {
  steps: { name: 'ten', dockerfile: [`FROM ${smallImage}`, ...steps].join('\n') },
  large: {
    name: 'large',
    dockerfile: `FROM ${smallImage}\nCOPY . /files`,
    files: { count: 1000, bytes: 100_000 },
  },
  many: {
    name: 'many',
    dockerfile: `FROM ${smallImage}\nCOPY . /files`,
    files: { count: 50_000, bytes: 2000 },
  },
  stages: { name: 'stages', dockerfile: [...stages, `FROM ${smallImage}`, ...copies].join('\n') },
} as const satisfies Readonly<Record<string, Context>>;

/** Builds from nothing, from the cache, and after one file has changed. */
export const buildTest: EngineTest = {
  name: 'build',
  run(subject) {
    makeContexts();
    const build = (context: Context, ...flags: string[]) => [
      'build',
      ...flags,
      '-t',
      image,
      join(home, context.name),
    ];
    const time = (name: string, target: number, args: readonly string[]) =>
      subject.time({ name, unit: 'ms', target }, args, { count: 3 });
    subject.run(build(contexts.steps));
    time('build of ten steps, cached', 0.25, build(contexts.steps));
    time('build of ten steps, cold', 0.4, build(contexts.steps, '--no-cache'));
    time('build that copies 100 MB, cold', 0.4, build(contexts.large, '--no-cache'));
    changed(subject, build(contexts.large));
    time('build of four stages of half a second each', 0.6, build(contexts.stages, '--no-cache'));
    subject.run(build(contexts.many));
    time('build of 50,000 files, cached', 0.5, build(contexts.many));
    subject.run(['rmi', '-f', image]);
    rmSync(home, { recursive: true, force: true });
  },
};

/** One file of the context is another before each build. */
function changed(subject: Subject<Engine>, args: readonly string[]): void {
  for (let turn = 0; turn < 3; turn++) {
    writeFileSync(
      join(home, contexts.large.name, 'changed'),
      `${subject.program.name} ${turn} ${process.hrtime.bigint()}`,
    );
    subject.time({ name: 'build that copies 100 MB, one file changed', unit: 'ms', target: 0.3 }, args);
  }
}

function makeContexts(): void {
  const all: readonly Context[] = Object.values(contexts);
  for (const { name, dockerfile, files = { count: 0, bytes: 0 } } of all) {
    const folder = join(home, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    for (let file = 0; file < files.count; file++) {
      const directory = join(folder, `d${file % 500}`);
      if (file < 500) mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `f${file}`), Buffer.alloc(files.bytes, `${name} ${file} `));
    }
  }
}
