import type { Engine } from '../engines.ts';
import { smallImage } from '../settings.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

/** A command of the client that is measured by itself. */
interface CommandTest {
  /** The word that picks it. */
  readonly name: string;
  readonly title: string;
  readonly target?: number;
  readonly args: (engine: Engine) => readonly string[];
  readonly count: number;
  /** Containers `bench-0` and so on that are there when it begins. */
  readonly given?: { readonly state: 'created' | 'running'; readonly count: number };
}

const container = 'bench-{}';
const idle = ['sleep', '3600'];

/** `run` or `create` of an idle container. */
export function makeIdle(verb: readonly string[], engine: Engine): string[] {
  return [...verb, '--name', container, ...engine.runOptions, smallImage, ...idle];
}

/** Removes the containers `bench-0` up to `count`, whatever their state; they need not be there. */
export function removeIdle(subject: Subject<Engine>, count: number): void {
  subject.run([...subject.program.forceRemove, ...idleNames(count)]);
}

export function idleNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => container.replace('{}', `${index}`));
}

const commands: readonly CommandTest[] = [
  {
    name: 'run',
    title: 'run --rm true',
    target: 0.12,
    args: ({ runOptions }) => ['run', '--rm', ...runOptions, smallImage, 'true'],
    count: 8,
  },
  {
    name: 'run-d',
    title: 'run -d',
    target: 0.2,
    args: (engine) => makeIdle(['run', '-d'], engine),
    count: 5,
  },
  { name: 'create', title: 'create', args: (engine) => makeIdle(['create'], engine), count: 5 },
  {
    name: 'start',
    title: 'start',
    target: 0.2,
    args: () => ['start', container],
    count: 5,
    given: { state: 'created', count: 5 },
  },
  {
    name: 'exec',
    title: 'exec true',
    target: 0.2,
    args: () => ['exec', 'bench-0', 'true'],
    count: 8,
    given: { state: 'running', count: 1 },
  },
  {
    name: 'stop',
    title: 'stop -t 0',
    target: 0.2,
    args: () => ['stop', '-t', '0', container],
    count: 5,
    given: { state: 'running', count: 5 },
  },
  {
    name: 'kill',
    title: 'kill',
    target: 0.2,
    args: () => ['kill', container],
    count: 5,
    given: { state: 'running', count: 5 },
  },
  {
    name: 'rm',
    title: 'rm',
    target: 0.2,
    args: () => ['rm', container],
    count: 5,
    given: { state: 'created', count: 5 },
  },
  {
    name: 'rm-f',
    title: 'rm -f',
    target: 0.2,
    args: ({ forceRemove }) => [...forceRemove, container],
    count: 5,
    given: { state: 'running', count: 5 },
  },
  { name: 'ps', title: 'ps', args: () => ['ps'], count: 8, given: { state: 'running', count: 1 } },
  {
    name: 'inspect',
    title: 'inspect',
    args: () => ['inspect', 'bench-0'],
    count: 8,
    given: { state: 'running', count: 1 },
  },
  { name: 'version', title: 'version', args: () => ['version'], count: 8 },
];

export const commandTests: readonly EngineTest[] = commands.map((test) => ({
  name: test.name,
  run: (subject) => runCommand(test, subject),
}));

function runCommand(test: CommandTest, subject: Subject<Engine>): void {
  const { title: name, target, args, count, given } = test;
  const verb = given?.state === 'running' ? ['run', '-d'] : ['create'];
  if (given !== undefined) subject.run(makeIdle(verb, subject.program), { count: given.count });
  const metric = { name, unit: 'ms', ...(target === undefined ? {} : { target }) } as const;
  subject.time(metric, args(subject.program), { count });
  removeIdle(subject, count);
}
