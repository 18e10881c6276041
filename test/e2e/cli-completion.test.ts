import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('completion in bash', () => {
  const suite = useWharf([busyboxImage('base:1')]);

  /** What the shell offers for the last word. */
  const offers = async (...words: string[]) => {
    const script = `
      source <(wharf completion bash)
      COMP_WORDS=(wharf "$@") COMP_CWORD=$#
      _wharf
      printf '%s\\n' "\${COMPREPLY[@]}"
    `;
    const PATH = `${repository}bin:${process.env.PATH}`;
    const env = { PATH, DOCKER_HOST: suite.wharf.host, DOCKER_CONFIG: `${suite.wharf.folder}/client` };
    const { stdout, stderr } = await runProgram('bash', ['-c', script, 'bash', ...words], { env });
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };

  test('offers commands, flags, and the names that the daemon knows', async () => {
    await suite.ok('create --name anchor base:1 true');
    assert.deepEqual(await offers('contai'), ['container']);
    assert.deepEqual(await offers('ps', '--la'), ['--last', '--latest']);
    assert.deepEqual(await offers('start', 'an'), ['anchor']);
    assert.deepEqual(await offers('run', '--rm', ''), ['base:1']);
    assert.deepEqual(await offers('nonsense', ''), ['']);
  });

  for (const [shell, check] of [
    ['zsh', ['zsh', '-n']],
    ['fish', ['fish', '-n']],
  ] as const) {
    test(`the script for ${shell} is one`, async (t) => {
      const { stdout } = await suite.wharf.wharf(['completion', shell]);
      assert.match(stdout, /wharf __complete/);
      const found = await runProgram('sh', ['-c', `command -v ${shell}`]);
      if (found.code !== 0) return t.skip(`${shell} is not here to read it`);
      assert.equal((await runProgram(check[0], check.slice(1), { input: stdout })).code, 0);
    });
  }
});
