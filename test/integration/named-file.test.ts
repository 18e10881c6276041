import assert from 'node:assert/strict';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { openPathOnly } from '#linux';
import { createHttpServer } from '#serve/http';
import { mountSilent } from '../testing/silent-mount.ts';

test('a body that another program answers for is asked for: who does not answer holds up the client alone', async () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-named-');
  mkdirSync(`${folder}/silent`);
  const silent = mountSilent(`${folder}/silent`);
  const fd = openSync(`${folder}/silent`, openPathOnly);
  const server = createHttpServer(async (asked, response) => {
    response.send(200, {}, await asked.readBody(100));
  });
  try {
    await server.listen({ kind: 'unix', path: `${folder}/sock` });
    const headers = { Expect: '100-continue', 'Wharf-Body-File': `fd=${fd}; dev=1; ino=1; size=4` };
    const sent = Promise.withResolvers<string>();
    const asking = request({ socketPath: `${folder}/sock`, method: 'POST', headers }, (response) => {
      response.setEncoding('utf8').once('data', sent.resolve);
    });
    asking.on('error', sent.reject);
    asking.on('continue', () => asking.end('sent'));
    asking.flushHeaders();
    assert.equal(await sent.promise, 'sent');
  } finally {
    silent[Symbol.dispose]();
    closeSync(fd);
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
