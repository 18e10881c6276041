import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mariadbImage } from '../fixtures/mariadb.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a database in a volume', () => {
  const { docker, ok } = useWharf([mariadbImage('mysql:1')]);
  const query = ['mariadb', '--socket=/tmp/mariadb.sock', '-uroot', '-N', '-e'];

  async function startDatabase(name: string): Promise<void> {
    await ok([
      'run',
      '-d',
      '--name',
      name,
      '-v',
      'mysql:/var/lib/mysql',
      '-e',
      'MYSQL_ALLOW_EMPTY_PASSWORD=true',
      'mysql:1',
    ]);
    await eventually(
      'the database answers',
      async () => {
        const running = await ok(['inspect', '-f', '{{.State.Running}}', name]);
        assert.equal(running, 'true', (await docker(['logs', name])).stderr);
        return (await docker(['exec', name, ...query, 'select 1'])).code === 0;
      },
      60_000,
    );
  }

  test('H11 a new container sees the database of one that was removed', async () => {
    await startDatabase('first');
    const rows =
      "create database harbour; create table harbour.ship (name text); insert into harbour.ship values ('argo')";
    await ok(['exec', 'first', ...query, rows]);
    await ok('stop first');
    await ok('rm first');
    await startDatabase('second');
    assert.equal(await ok(['exec', 'second', ...query, 'select name from harbour.ship']), 'argo');
    await ok('rm -f second');
    await startDatabase('after-a-crash');
    assert.equal(await ok(['exec', 'after-a-crash', ...query, 'select name from harbour.ship']), 'argo');
  });
});
