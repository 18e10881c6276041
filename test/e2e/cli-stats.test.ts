import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually, repository } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Where the program begins to draw its screen anew. */
const home = '\x1b[H';

describe('stats that goes on', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;

  const open = (...args: string[]) => {
    const env = { DOCKER_HOST: suite.wharf.host, DOCKER_CONFIG: `${suite.wharf.folder}/client` };
    const client = spawn(`${repository}bin/wharf`, ['stats', ...args], { env: { ...process.env, ...env } });
    let drawn = '';
    client.stdout.setEncoding('utf8').on('data', (text: string) => {
      drawn += text;
    });
    const shows = (what: string, test: (screen: string) => boolean) =>
      eventually(what, () => test(drawn.split(home).at(-2) ?? ''));
    return { client, shows };
  };

  test('shows containers while they run, those that come later too', async () => {
    await ok('run -d --name first base:1 sleep 99');
    const { client, shows } = open();
    await shows('first', (screen) => /first +\d+\.\d\d% +\d/.test(screen));
    await ok('run -d --name second base:1 sleep 99');
    await shows('both', (screen) => screen.includes('first') && screen.includes('second'));
    await ok('kill first');
    await shows('the second only', (screen) => !screen.includes('first') && screen.includes('second'));
    client.kill();
    await ok('rm -f first second');
  });

  test('ends when the named containers are gone', async () => {
    await ok('run -d --name short base:1 sleep 99');
    const { client, shows } = open('short');
    await shows('the container', (screen) => screen.includes('short'));
    const ended = new Promise((resolve) => client.once('exit', resolve));
    await ok('rm -f short');
    assert.equal(await ended, 0);
  });
});
