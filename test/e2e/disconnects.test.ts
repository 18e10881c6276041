import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('clients that behave badly', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const descriptors = () => readdirSync(`/proc/${suite.wharf.pid}/fd`).length;
  before(() =>
    ok(['run', '-d', '-i', '--name', 'box', 'base:1', 'sh', '-c', 'while sleep 0.01; do echo line; done']),
  );

  /** Sends the first bytes of a request, and leaves after the first bytes of the answer, or at once. */
  function sendAndLeave(request: Buffer, sent: number, received: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(suite.wharf.socketPath);
      let seen = 0;
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.on('data', (chunk) => {
        seen += chunk.length;
        if (seen >= received) socket.destroy();
      });
      socket.write(request.subarray(0, sent), () => {
        if (received === 0 || sent < request.length) socket.destroy();
      });
    });
  }

  const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';
  const withBody = (head: string, body: string) =>
    `${head} HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const requests = [
    withBody('POST /containers/create?name=half', JSON.stringify({ Image: 'nosuch:1' })),
    withBody('POST /containers/box/exec', JSON.stringify({ Cmd: ['true'] })),
    `POST /containers/box/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: d\r\n${upgrade}\r\n`,
    'GET /containers/box/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n',
    'GET /containers/box/stats HTTP/1.1\r\nHost: d\r\n\r\n',
    'GET /events?since=0 HTTP/1.1\r\nHost: d\r\n\r\n',
    'POST /containers/box/wait HTTP/1.1\r\nHost: d\r\n\r\n',
    'GET /containers/box/archive?path=/bin HTTP/1.1\r\nHost: d\r\n\r\n',
    'PUT /containers/box/archive?path=/tmp HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
  ].map((text) => Buffer.from(text));

  test('that leave in the middle of a request or an answer cost nothing', async () => {
    const opened = descriptors();
    for (const request of requests) {
      const places = Array.from({ length: 12 }, (_, index) => Math.ceil((request.length * (index + 1)) / 12));
      await Promise.all(places.map((sent) => sendAndLeave(request, sent, 0)));
      await Promise.all([1, 17, 60, 100].map((received) => sendAndLeave(request, request.length, received)));
    }
    await eventually('the daemon lets go of them', () => descriptors() <= opened);
    assert.equal(await ok(['inspect', '-f', '{{.State.Running}}', 'box']), 'true');
    assert.equal(await ok('ps -aq --filter name=half'), '');
    assert.doesNotMatch(suite.wharf.log(), /level=error/);
  });

  test('that send a byte and wait hold up nobody', async () => {
    const slow = Array.from({ length: 200 }, () => connect(suite.wharf.socketPath));
    for (const socket of slow) socket.on('error', () => undefined).write('G');
    assert.equal((await exchange(suite.wharf.socketPath, 'GET', '/_ping')).text, 'OK');
    for (const socket of slow) socket.destroy();
  });

  test('that send all their requests at once are answered in order', async () => {
    const paths = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? '/_ping' : `/containers/no${index}/json`,
    );
    const text = await new Promise<string>((resolve) => {
      const socket = connect({ path: suite.wharf.socketPath, allowHalfOpen: true });
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
      });
      socket.on('end', () => {
        socket.destroy();
        resolve(seen);
      });
      socket.end(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: d\r\n\r\n`).join(''));
    });
    const told = [...text.matchAll(/\r\n\r\n(OK|\{"message":"No such container: (no\d+)"\})/g)].map(
      ([, whole, name]) => name ?? whole,
    );
    assert.deepEqual(
      told,
      paths.map((path) => (path === '/_ping' ? 'OK' : path.split('/')[2])),
    );
  });
});
