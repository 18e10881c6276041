import assert from 'node:assert/strict';
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('what is refused, in Docker’s words', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const refusal = async (args: string) => (await docker(args)).stderr.split('\n')[0] ?? '';

  test('create makes nothing that could never start', async () => {
    const refusals = new Map([
      ['--cap-add BAD', 'invalid CapAdd: unknown capability: "CAP_BAD"'],
      ['--cap-drop bad', 'invalid CapDrop: unknown capability: "CAP_BAD"'],
      ['--runtime nope', 'unknown or invalid runtime name: nope'],
      ['--log-driver nope', 'error looking up logging plugin nope: plugin "nope" not found'],
      ['--log-opt bad=1', "unknown log opt 'bad' for json-file log driver"],
      [
        '--mount type=bind,src=/nowhere,dst=/x',
        'invalid mount config for type "bind": bind source path does not exist: /nowhere',
      ],
    ]);
    for (const [flags, text] of refusals) {
      assert.equal(await refusal(`run ${flags} base:1 true`), `docker: Error response from daemon: ${text}`);
    }
    assert.equal(await ok('ps -aq'), '');
  });

  test('a start that fails gives its network back, and says why', async () => {
    const failed = await refusal('run --name lost --network nonet base:1 true');
    assert.match(failed, /: failed to set up container networking: network nonet not found$/);
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'lost']), 'created 128');
    const folder = mkdtempSync('/var/tmp/wharf-test-source-');
    await ok(`create --name bound --mount type=bind,src=${folder},dst=/x base:1 true`);
    rmSync(folder, { recursive: true });
    assert.match(await refusal('start bound'), /bind source path does not exist/);
    assert.equal(await ok(['network', 'inspect', '-f', '{{len .Containers}}', 'bridge']), '0');
    await ok('rm lost bound');
  });

  test('a paused container takes no exec, no stop of its own and no second pause', async () => {
    const id = await ok('run -d --name still base:1 sleep 99');
    await ok('pause still');
    const answers = new Map([
      ['exec still true', 'Container still is paused, unpause the container before exec'],
      ['pause still', `Container ${id} is already paused`],
    ]);
    for (const [args, text] of answers)
      assert.equal(await refusal(args), `Error response from daemon: ${text}`);
    await ok('stop -t 0 still');
    await ok('rm still');
  });

  test('kill names the container as it was asked for', async () => {
    const id = await ok('create --name quiet base:1 true');
    assert.equal(
      await refusal('kill quiet'),
      `Error response from daemon: cannot kill container: quiet: container ${id} is not running`,
    );
    assert.equal(
      await refusal('kill nosuch'),
      'Error response from daemon: cannot kill container: nosuch: No such container: nosuch',
    );
    await ok('rm quiet');
  });

  test('cp follows a link inside the container’s root only', async () => {
    const folder = mkdtempSync('/var/tmp/wharf-test-links-');
    writeFileSync(`${folder}/file`, 'from the host\n');
    await ok([
      ...['run', '--name', 'linked', 'base:1', 'sh', '-c'],
      'ln -s /etc/passwd /tmp/absolute; ln -s ../../../../../etc/passwd /tmp/climbing; ln -s / /tmp/root',
    ]);
    await ok(`cp linked:/tmp/absolute ${folder}/link`);
    assert.equal(readlinkSync(`${folder}/link`), '/etc/passwd');
    for (const name of ['absolute', 'climbing', 'root/etc/passwd']) {
      assert.match((await docker(`cp -L linked:/tmp/${name} -`)).stdout, /ada:x:1000/);
    }
    await ok(`cp ${folder}/file linked:/tmp/root/tmp/new`);
    assert.match((await docker('cp linked:/tmp/new -')).stdout, /from the host/);
    await ok(`cp ${folder}/file linked:/tmp/climbing`);
    assert.match((await docker('cp linked:/etc/passwd -')).stdout, /from the host/);
    assert.match(
      await refusal(`cp ${folder}/file linked:/nowhere/x`),
      /Could not find the file \/nowhere in container linked$/,
    );
    await ok('rm linked');
    rmSync(folder, { recursive: true });
  });
});
