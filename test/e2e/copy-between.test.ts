import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('wharf cp between containers and volumes', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const wharf = (...args: readonly string[]) => suite.wharf.wharf(args);
  const cp = async (...args: readonly string[]) => {
    const { code, stderr } = await wharf('cp', ...args);
    assert.equal(code, 0, stderr);
  };
  const folderOf = (volume: string) => join(suite.wharf.dataRoot, 'volumes', volume, '_data');
  const inRunning = (script: string) => ok(['exec', 'runs', 'sh', '-c', script]);

  before(async () => {
    await ok('volume create hold');
    await ok('run -d --name runs base:1 sleep 99');
    await ok('create --name stopped -v hold:/hold base:1 true');
    await inRunning(
      'mkdir -p /from/deep; echo one > /from/one; ln /from/one /from/twin; chown 7:8 /from/one',
    );
    await inRunning('echo two > /from/deep/two; ln -s one /from/link; chmod 750 /from/deep');
  });

  /** What `cp` of the directory, or of its content, makes. */
  const copied = ['deep', 'deep/two', 'link', 'one', 'twin'].join('\n');
  const list = async (owner: string, path: string) => {
    const target = join(suite.wharf.folder, 'look');
    await cp('-q', `${owner}:${path}/.`, target);
    const names = readdirSync(target, { recursive: true, encoding: 'utf8' }).sort().join('\n');
    rmSync(target, { recursive: true });
    return names;
  };

  test('a directory goes into one that is there, and takes the name of one that is not', async () => {
    await cp('runs:/from', 'stopped:/made');
    assert.equal(await list('stopped', '/made'), copied);
    await cp('runs:/from', 'stopped:/made');
    assert.equal(await list('stopped', '/made/from'), copied);
    await cp('runs:/from/.', 'volume/hold:/');
    assert.equal(await list('volume/hold', '/'), copied);
    await cp('runs:/from', 'volume/hold:/named');
    assert.equal(await list('stopped', '/hold/named'), copied);
    await ok('volume create other');
    await cp('volume/hold:named/.', 'volume/other:.');
    assert.equal(await list('volume/other', '/'), copied);
    await cp('volume/other:/', 'runs:/back');
    assert.equal(await inRunning('cat /back/twin /back/deep/two'), 'one\ntwo');
    assert.equal(await inRunning('stat -c "%h %u %g" /back/one; stat -c %a /back/deep'), '2 7 8\n750');
  });

  test('a file keeps its name, or gets another one; links are followed with -L', async () => {
    await cp('runs:/from/one', 'volume/hold:/renamed');
    assert.equal(readFileSync(join(folderOf('hold'), 'renamed'), 'utf8'), 'one\n');
    await cp('-L', 'runs:/from/link', 'stopped:/tmp2');
    await cp('stopped:/tmp2', 'volume/hold:/followed');
    assert.equal(readFileSync(join(folderOf('hold'), 'followed'), 'utf8'), 'one\n');
    await ok('volume create links');
    await cp('-L', 'runs:/from/link', 'volume/links:/');
    await cp('-L', 'runs:/from/link', 'volume/links:/bone');
    assert.deepEqual(readdirSync(folderOf('links')), ['bone', 'link']);
    const local = join(suite.wharf.folder, 'links');
    mkdirSync(local);
    await cp('-L', 'runs:/from/link', local);
    await cp('-L', 'runs:/from/link', join(local, 'bone'));
    assert.deepEqual(readdirSync(local).sort(), ['bone', 'link']);
  });

  test('local files go into volumes and out of them', async () => {
    const file = join(suite.wharf.folder, 'local');
    writeFileSync(file, 'from here');
    await cp(file, 'volume/hold:/local');
    await cp('volume/hold:/local', `${file}.back`);
    assert.equal(readFileSync(`${file}.back`, 'utf8'), 'from here');
  });

  test('what cannot be is refused, and nothing leads out of a volume', async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await wharf('cp', ...args);
      assert.notEqual(code, 0);
      return stderr;
    };
    const missing = /Could not find the file|no such volume|No such container/;
    assert.match(await refused('runs:/none', 'volume/hold:/'), missing);
    assert.match(
      await refused('volume/hold:/none', 'runs:/'),
      /Could not find the file \/none in volume hold/,
    );
    assert.match(await refused('runs:/from', 'volume/none:/'), /no such volume/);
    assert.match(await refused('volume/none:/', 'runs:/x'), /no such volume/);
    assert.match(await refused('runs:/from', 'none:/'), missing);
    assert.match(await refused('runs:/from', 'stopped:/made/one'), /cannot copy directory|No such/);
    mkdirSync(join(suite.wharf.folder, 'secret'));
    writeFileSync(join(suite.wharf.folder, 'secret', 'key'), 'treasure');
    await inRunning(
      `mkdir /evil; ln -s ${suite.wharf.folder}/secret /evil/out; ln -s ../../../../.. /evil/up`,
    );
    await cp('runs:/evil', 'volume/hold:/evil');
    assert.match(await refused('volume/hold:/evil/out/key', 'runs:/stolen'), missing);
    assert.match(
      await refused(`volume/hold:/evil/up${suite.wharf.folder}/secret/key`, 'runs:/stolen'),
      missing,
    );
    assert.match(await refused('runs:/from/one', 'volume/hold:/evil/out/key'), missing);
    assert.equal(readFileSync(join(suite.wharf.folder, 'secret', 'key'), 'utf8'), 'treasure');
  });
});
