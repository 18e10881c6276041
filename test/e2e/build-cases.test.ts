import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { type BuildCase, buildCases, buildContext, dockerfileOf } from '../testing/build-cases/index.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('Dockerfiles', () => {
  const suite = useWharf([busyboxImage('base:1')]);

  before(() => assert.ok(Object.values(buildCases).flat().length >= 60));

  for (const [group, cases] of Object.entries(buildCases)) {
    describe(group, { concurrency: 2 }, () => {
      for (const wanted of cases) test(wanted.name, () => check(wanted));
    });
  }

  async function check(wanted: BuildCase): Promise<void> {
    const { flags = [], run, config, refused } = wanted;
    const input = makeTar([{ path: 'Dockerfile', content: dockerfileOf(wanted) }, ...buildContext]);
    const { code, stdout, stderr } = await suite.docker(['build', '-q', ...flags, '-'], {
      input,
      env: { DOCKER_BUILDKIT: '0' },
    });
    if (refused !== undefined) {
      assert.notEqual(code, 0);
      assert.match(stderr, refused);
      return;
    }
    assert.equal(code, 0, stderr);
    const image = stdout.trim();
    if (config !== undefined)
      assert.equal(await suite.ok(['image', 'inspect', '-f', config[0], image]), config[1]);
    if (run !== undefined)
      assert.equal(await suite.ok(['run', '--rm', '--network=none', image, 'sh', '-c', run[0]]), run[1]);
  }
});
