import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxPath } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a container of no image', () => {
  const suite = useWharf();
  const { ok } = suite;

  test('runs what is mounted into its empty root, and is a container like others', async () => {
    const asked = {
      Cmd: ['/busybox', 'touch', '/made'],
      HostConfig: { Binds: [`${busyboxPath}:/busybox:ro`] },
    };
    const { status, text } = await exchange(
      suite.wharf.socketPath,
      'POST',
      '/containers/create?name=bare',
      asked,
    );
    assert.equal(status, 201, text);
    await ok('start -a bare');
    assert.equal(await ok(['ps', '-as', '--format', '{{.Names}} {{.Image}}']), 'bare <no image>');
    assert.equal(await ok(['inspect', '-s', '-f', '{{.State.ExitCode}} {{.Image}}.', 'bare']), '0 .');
    assert.match(await ok('diff bare'), /^A \/made$/m);
    const { code, stderr } = await suite.wharf.wharf(['inspect', '--as', 'run', 'bare']);
    assert.deepEqual([code, stderr], [1, 'bare was made of no image, which only the API can do\n']);
    await ok('restart bare');
    await ok('commit bare made:1');
    assert.equal(await ok(['inspect', '-f', '{{len .RootFS.Layers}}', 'made:1']), '1');
    await ok('create --name next made:1');
    await suite.wharf.stop();
    await suite.wharf.start();
    await ok('rm bare next');
  });
});
