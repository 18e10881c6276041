import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a killed daemon', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const crash = () => suite.wharf.stop('SIGKILL');
  const page = async (port: number) =>
    (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(3000) })).text();

  test('A09 A10 leaves the container’s process, output, port and attachability alone', async () => {
    const port = await freePort();
    await ok([
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      `${port}:80`,
      'base:1',
      'sh',
      '-c',
      'httpd -p 80 -h /www; i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done',
    ]);
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'web']);
    await eventually('the page is served', () => page(port).catch(() => undefined));
    await crash();
    assert.match(await page(port), /Hello/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await suite.wharf.start();
    assert.equal(await ok(['inspect', '-f', '{{.State.Pid}} {{.State.Status}}', 'web']), `${pid} running`);
    const lines = (await ok('logs web')).split('\n').map(Number);
    assert.deepEqual(
      lines,
      lines.map((_, index) => index),
    );
    assert.ok(lines.length > 4);
    assert.match(await page(port), /Hello/);
    assert.equal(await ok('exec web echo inside'), 'inside');
    await ok('rm -f web');
  });

  test('A09 an exit code that occurred in the gap is there afterwards', async () => {
    await ok(['run', '-d', '--name', 'gap', 'base:1', 'sh', '-c', 'sleep 0.5; echo last words; exit 42']);
    await ok(['run', '-d', '--rm', '--name', 'gone', 'base:1', 'sleep', '0.5']);
    await crash();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await suite.wharf.start();
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'gap']), 'exited 42');
    assert.equal(await ok('logs gap'), 'last words');
    await eventually('--rm is done', async () => (await docker('inspect gone')).code === 1);
    await ok('rm gap');
  });

  test('A08 a container’s parent is its shim, and no runtime process stays', async () => {
    const id = await ok('run -d base:1 sleep 99');
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', id]);
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    assert.equal(readFileSync(`/proc/${parent}/comm`, 'utf8'), 'wharf-shim\n');
    const comms = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readComm(name));
    assert.ok(!comms.includes('wharf-runtime'));
    await ok(['rm', '-f', id]);
  });
});

function readComm(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
