import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('builds that end in the middle', () => {
  const suite = useWharf([busyboxImage('base:1')]);

  /** A build whose answer is read to its end, or until it is let go. */
  function begin(dockerfile: string) {
    const input = makeTar([{ path: 'Dockerfile', content: dockerfile }]);
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = '';
    const { socketPath } = suite.wharf;
    const outgoing = request({ socketPath, method: 'POST', path: '/build' }, (response) => {
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('close', () => resolve(text));
      response.on('error', () => undefined);
    });
    outgoing.on('error', () => resolve(text));
    outgoing.end(input);
    return { ended: promise, said: () => text, leave: () => outgoing.destroy() };
  }

  const sleepers = (time: string) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => commandLine(pid).startsWith(`sleep\0${time}\0`)).length;
  /** Besides those of layers, which stay mounted as long as there is the layer. */
  const mounts = () =>
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(suite.wharf.folder) && !line.includes('/run/l/')).length;
  const steps = () => {
    const folder = join(suite.wharf.execRoot, 'builder');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  test('a client that goes takes along what only it wanted', async () => {
    const build = begin('FROM base:1\nRUN sleep 7771');
    await eventually('the step runs', () => sleepers('7771') > 0);
    build.leave();
    await eventually('the step is gone', () => sleepers('7771') === 0 && steps().length === 0);
    await eventually('its mounts are gone', () => mounts() === 0);
  });

  test('a step that fails ends those beside it', async () => {
    const fifo = '--mount=type=cache,target=/c,id=7775 mkfifo /c/f 2>/dev/null';
    const build = begin(
      [
        `FROM base:1 AS slow\nRUN ${fifo}; (sleep 1; echo >/c/f) & sleep 7775`,
        `FROM base:1 AS broken\nRUN ${fifo}; read x </c/f; exit 3`,
        'FROM base:1\nCOPY --from=slow /a /a\nCOPY --from=broken /b /b',
      ].join('\n'),
    );
    assert.match(await build.ended, /returned a non-zero code: 3/);
    assert.equal(sleepers('7775'), 0);
    assert.deepEqual(steps(), []);
  });

  test('two builds of the same run it once', async () => {
    const text =
      'FROM base:1\nRUN --mount=type=cache,target=/c echo x >> /c/log; sleep 1.7772; cp /c/log /kept';
    const first = begin(text);
    await eventually('the step runs', () => sleepers('1.7772') > 0);
    const second = begin(`${text}\nLABEL other=1`);
    assert.match(await first.ended, /Successfully built/);
    const [, id = ''] = /Successfully built ([0-9a-f]+)/.exec(await second.ended) ?? [];
    assert.equal(await suite.ok(['run', '--rm', id, 'cat', '/kept']), 'x');
  });

  test('a build goes on when another that began its step is left', async () => {
    const text = 'FROM base:1\nRUN --mount=target=/c,source=Dockerfile sleep 1.7774; cat /c > /kept';
    const first = begin(text);
    await eventually('the step runs', () => sleepers('1.7774') > 0);
    const second = begin(text);
    await eventually('the second has begun', () => second.said().includes('Step 2/2'));
    first.leave();
    assert.match(await second.ended, /Successfully built/);
  });

  test('a daemon that is killed leaves nothing of a step, and the cache is whole', async () => {
    await begin('FROM base:1\nRUN echo kept > /kept').ended;
    const build = begin('FROM base:1\nRUN echo kept > /kept\nRUN sleep 7773');
    await eventually('the step runs', () => sleepers('7773') > 0);
    await suite.wharf.stop('SIGKILL');
    await build.ended;
    await suite.wharf.start();
    await eventually('the step is gone', () => sleepers('7773') === 0);
    assert.deepEqual(steps(), []);
    await eventually('its mounts are gone', () => mounts() === 0);
    const again = await begin('FROM base:1\nRUN echo kept > /kept').ended;
    assert.match(again, /Using cache/);
    assert.equal(await suite.ok('ps -aq'), '');
    assert.deepEqual(readdirSync(join(suite.wharf.dataRoot, 'containers')), []);
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
