import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { earlierWharfd } from '../testing/earlier-wharfd.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually } from '../testing/programs.ts';
import { startWharf } from '../testing/wharf.ts';

const script =
  'trap "exit 3" TERM; httpd -p 80 -h /www; i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done';

test('A10 containers of an earlier daemon go on under this one', { timeout: 240_000 }, async (t) => {
  const program = await earlierWharfd();
  if (program === undefined) return t.skip('the history does not reach back to the earlier daemon');
  await using wharf = await startWharf({ program });
  const ok = (args: string) => wharf.dockerOk(args.split(' '));
  const inspect = (format: string) => wharf.dockerOk(['inspect', '-f', format, 'web']);
  await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
  const port = await freePort();
  const page = async () =>
    (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(3000) })).text();
  const flags = ['-p', `${port}:80`, '-v', '/data', '-m', '64m', '--restart', 'on-failure'];
  await wharf.dockerOk(['run', '-d', '--name', 'web', ...flags, 'base:1', 'sh', '-c', script]);
  await ok('run -d --rm --name brief base:1 sleep 99');
  await ok('create --name made base:1 true');
  await ok('exec web sh -c echo>/data/kept');
  const pid = await inspect('{{.State.Pid}}');
  await eventually('the page is served', () => page().catch(() => undefined));

  await wharf.stop();
  assert.match(await page(), /Hello/);
  await wharf.start();

  assert.equal(await inspect('{{.State.Status}} {{.State.Pid}}'), `running ${pid}`);
  assert.match(await page(), /Hello/);
  assert.match(await ok('port web'), new RegExp(`^80/tcp -> 0.0.0.0:${port}`));
  assert.equal(await ok('exec web echo inside'), 'inside');
  const lines = (await ok('logs web')).split('\n').map(Number);
  assert.ok(lines.length > 5);
  assert.deepEqual(lines, [...lines.keys()]);
  const next = `${lines.length + 3}`;
  await eventually('the log goes on', async () =>
    (await ok('logs --tail 20 web')).split('\n').includes(next),
  );
  assert.match(await ok('stats --no-stream --format {{.Name}} web'), /web/);
  await ok('stop -t 0 brief');
  assert.equal((await wharf.docker(['inspect', 'brief'])).code, 1);

  await ok('stop web');
  assert.equal(await inspect('{{.State.ExitCode}}'), '3');
  await ok('start web made');
  assert.equal(await ok('exec web ls /data'), 'kept');
  await eventually('the page is served again', () => page().catch(() => undefined));
  await ok('rm -f -v web made');
  assert.equal(await ok('volume ls -q'), '');
});
