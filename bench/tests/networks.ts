import type { Engine } from '../engines.ts';
import type { Metric } from '../results.ts';
import { smallImage } from '../settings.ts';
import { median } from '../statistics.ts';
import { makeIdle, removeIdle } from './commands.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const count = 5;
const network = 'bench-net-{}';
const networks = Array.from({ length: count }, (_, index) => `bench-net-${index}`);

/** Networks that come and go, and a running container that comes into them and out of them. */
export const membershipTest: EngineTest = {
  name: 'networks',
  run(subject) {
    const metric = (name: string): Metric => ({ name, unit: 'ms', target: 0.3 });
    inNetwork(subject, () => {
      subject.time(metric('network create'), ['network', 'create', network], { count });
      subject.time(metric('network connect'), ['network', 'connect', network, 'bench-0'], { count });
      subject.time(metric('network disconnect'), ['network', 'disconnect', network, 'bench-0'], { count });
      subject.time(metric('network rm'), ['network', 'rm', network], { count });
    });
    subject.run(['network', 'rm', ...networks]);
  },
};

/** Runs with an idle container `bench-0` in a network of its own, both of which are gone afterwards. */
function inNetwork(subject: Subject<Engine>, use: () => void): void {
  const home = 'bench-home';
  subject.run(['network', 'create', home]);
  subject.run(makeIdle(['run', '-d', '--network', home], subject.program));
  use();
  removeIdle(subject, 1);
  subject.run(['network', 'rm', home]);
}

/** What a network adds to the run of a container: both in turns, after one that does not count. */
export const networkingTest: EngineTest = {
  name: 'networking',
  run(subject) {
    const run = (...options: string[]) => {
      const args = ['run', '--rm', ...subject.program.runOptions, ...options, smallImage, 'true'];
      return subject.run(args, { count: 3 });
    };
    run();
    const turns = Array.from({ length: 5 }, () => ({ none: run('--network', 'none'), plain: run() }));
    const ofAll = (kind: 'none' | 'plain') => median(turns.flatMap((turn) => turn[kind].eachMs));
    const failures = turns.reduce((sum, { none, plain }) => sum + none.failures + plain.failures, 0);
    const metric: Metric = { name: 'run --rm true, less that of --network none', unit: 'ms' };
    subject.record(metric, [ofAll('plain') - ofAll('none')], failures);
  },
};
