import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import type { Engine } from '../engines.ts';
import { runIn } from '../peers/world.ts';
import type { Metric } from '../results.ts';
import { folders, smallImage } from '../settings.ts';
import { toolPath } from '../tools.ts';
import { removeIdle } from './commands.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const home = 'bench-home';
const port = '7000';
const published = '7001';
/** Where all engines see the program that makes the traffic, and what it printed. */
const program = `${folders.work}/traffic`;
const printed = `${folders.work}/traffic.out`;

interface Traffic {
  readonly title: string;
  readonly verb: 'send' | 'echo' | 'dial';
  readonly amount: string;
  /** Of what goes by a port that is published at the loopback. */
  readonly publishedTarget: number;
}

const kinds: readonly Traffic[] = [
  { title: '2 GB', verb: 'send', amount: '2000', publishedTarget: 1 },
  { title: '10,000 echoes', verb: 'echo', amount: '10000', publishedTarget: 1 },
  { title: '2,000 connections', verb: 'dial', amount: '2000', publishedTarget: 0.33 },
];

/** Traffic between two containers of a network, and from the host to a published port. */
export const trafficTest: EngineTest = {
  name: 'traffic',
  run(subject) {
    copyFileSync(toolPath('traffic'), program);
    subject.run(['network', 'create', home]);
    const run = ['run', '-d', ...subject.program.runOptions, '--network', home, '-v', `${program}:/traffic`];
    const publish = ['-p', `127.0.0.1:${published}:${port}`];
    subject.run([...run, '--name', 'bench-0', ...publish, smallImage, '/traffic', 'serve', port]);
    subject.run([...run, '--name', 'bench-1', smallImage, 'sleep', '600']);
    const address = addressOf(subject, 'bench-0');
    for (const kind of kinds) {
      const args = ['exec', 'bench-1', '/traffic', kind.verb, address, port, kind.amount];
      subject.record(metric(kind, 'between containers', 1), [Number(print(subject, args))]);
      const ask = [toolPath('traffic'), kind.verb, '127.0.0.1', published, kind.amount];
      subject.record(metric(kind, 'to a published port', kind.publishedTarget), [
        Number(runIn('network', ask)),
      ]);
    }
    removeIdle(subject, 2);
    subject.run(['network', 'rm', home]);
  },
};

function metric({ title }: Traffic, way: string, target: number): Metric {
  return { name: `${title} ${way}`, unit: 'ms', target };
}

function addressOf(subject: Subject<Engine>, container: string): string {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return print(subject, ['inspect', '--format', format, container]);
}

/** What a command of the engine prints. */
export function print(subject: Subject<Engine>, args: readonly string[]): string {
  rmSync(printed, { force: true });
  subject.run(args, { output: printed });
  return readFileSync(printed, 'utf8').trim();
}
