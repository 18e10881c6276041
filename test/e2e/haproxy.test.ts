import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { haproxyImage } from '../fixtures/haproxy.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually, repository } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const page = '#!/bin/sh\necho\nhostname\n';
const web = {
  ...busyboxImage('web:1', { Cmd: ['httpd', '-f', '-p', '80', '-h', '/www'], StopSignal: 'SIGKILL' }),
  layers: [busyboxLayer([{ path: 'www/cgi-bin/index.cgi', content: page, mode: 0o755 }])],
};

describe('J16 HAProxy of Debian before the containers of a compose service', async () => {
  const suite = useWharf([haproxyImage('haproxy:1'), web]);
  const port = await freePort();
  const env = { FRONT_IMAGE: 'haproxy:1', WEB_IMAGE: 'web:1', PORT: String(port) };
  const file = `${repository}docs/examples/load-balancer/compose.yaml`;
  const compose = (line: string) =>
    suite.ok(['compose', '-p', 'balance', '-f', file, ...line.split(' ')], { env });

  /** Who answers ten calls, in their order; a call that nobody answers is ''. */
  const answers = async () => {
    const names: string[] = [];
    for (let call = 0; call < 10; call++) {
      const answer = await fetch(`http://127.0.0.1:${port}/cgi-bin/index.cgi`).catch(() => undefined);
      names.push(answer?.ok ? (await answer.text()).trim() : '');
    }
    return names;
  };
  const serving = (count: number) =>
    eventually(`${count} take turns`, async () => {
      const names = await answers();
      return (!names.includes('') && new Set(names).size === count && names) || undefined;
    });

  test('the containers answer in turn, and HAProxy finds those that come and go by their name', async () => {
    await compose('up -d');
    const [first, second, ...next] = await serving(2);
    assert.notEqual(first, second);
    assert.deepEqual(next.slice(0, 2), [first, second]);
    await compose('up -d --scale web=4 --no-recreate');
    await serving(4);
    await compose('up -d --scale web=1 --no-recreate');
    await serving(1);
  });
});
