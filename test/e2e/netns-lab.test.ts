import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { busyboxImage, busyboxPath } from '../fixtures/busybox.ts';
import { freePort } from '../testing/free-port.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import { repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** What the page calls things, and what they are called here so that nothing else of the machine is met. */
const mark = process.pid.toString(36);
const names: readonly (readonly [page: string, here: string])[] = [
  ['IMAGE', 'base:1'],
  ['test1', `wt1-${mark}`],
  ['test2', `wt2-${mark}`],
  ['/run/netns/boat', `/run/netns/wtb-${mark}`],
  ['ip netns exec boat', `ip netns exec wtb-${mark}`],
  ['ip -n boat', `ip -n wtb-${mark}`],
  ['cable3 netns boat', `cable3 netns wtb-${mark}`],
  ['cable', `w${mark}c`],
  ['lab0', `wtl-${mark}`],
  ['10.99.7', freeSubnet()],
  ['8099', String(await freePort())],
];

/** The commands of each of the page's blocks. */
function blocksOf(page: string): string[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.map((block) => names.reduce((text, [from, to]) => text.replaceAll(from, to), block));
}

describe('docs/netns-lab.md', () => {
  const suite = useWharf([busyboxImage('base:1')]);

  after(() => {
    const left = [`ip netns del wt1-${mark}`, `ip netns del wt2-${mark}`, `rm -f /run/netns/wtb-${mark}`];
    execFileSync('sh', ['-c', left.join(' 2>/dev/null; ')]);
  });

  test('works as it is written (J05)', async () => {
    const blocks = blocksOf(readFileSync(`${repository}docs/netns-lab.md`, 'utf8'));
    const { folder, host } = suite.wharf;
    symlinkSync(`${repository}bin/wharf`, `${folder}/wharf`);
    // Not every machine that tests has a ping of its own.
    symlinkSync(busyboxPath, `${folder}/ping`);
    const marked = blocks.map((block, number) => `echo "== ${number}"\n${block}`).join('');
    const script = `${folder}/lab.sh`;
    writeFileSync(script, marked);
    const env = { DOCKER_HOST: host, PATH: `${folder}:${process.env.PATH}` };
    const { code, stdout, stderr } = await runProgram('sh', ['-eu', script], { env });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const shown = stdout.split(/^== \d+\n/m).slice(1);
    const expected: readonly RegExp[] = [
      /inet 172\.15\.10\.1\/24[\s\S]* 0% packet loss/,
      /[0-9a-f]{64}/,
      /eth0@if[\s\S]*inet .*\.2\/24[\s\S]*default via .*\.1 dev eth0/,
      /veth[0-9a-f]{7}@if16[\s\S]*veth[0-9a-f]{7}[\s\S]*inet .*\.1\/24/,
      /127\.0\.0\.1 \. tcp \. \d+ : .*\.2 \. 80/,
      / 0% packet loss[\s\S]*172\.15\.11\.1\/24[\s\S]*eth1/,
    ];
    for (const [number, pattern] of expected.entries()) assert.match(shown[number] ?? '', pattern);
  });
});
