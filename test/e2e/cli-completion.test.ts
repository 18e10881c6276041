import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('completion', () => {
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

  test('in bash it offers commands, flags, and the names that the daemon knows', async () => {
    await suite.ok('create --name anchor base:1 true');
    assert.deepEqual(await offers('contai'), ['container']);
    assert.deepEqual(await offers('ps', '--la'), ['--last', '--latest']);
    assert.deepEqual(await offers('start', 'an'), ['anchor']);
    assert.deepEqual(await offers('run', '--rm', ''), ['base:1']);
    assert.deepEqual(await offers('nonsense', ''), ['']);
  });

  for (const shell of ['zsh', 'fish']) {
    test(`the script for ${shell} is one`, async () => {
      const { stdout } = await suite.wharf.wharf(['completion', shell]);
      assert.match(stdout, /wharf __complete/);
      const unpacked = `${repository}build/deb/usr`;
      const env = { LD_LIBRARY_PATH: `${unpacked}/lib/x86_64-linux-gnu` };
      const script = `${suite.wharf.folder}/completion.${shell}`;
      writeFileSync(script, stdout);
      const { code, stderr } = await runProgram(`${unpacked}/bin/${shell}`, ['-n', script], { env });
      assert.deepEqual([code, stderr], [0, '']);
    });
  }
});
