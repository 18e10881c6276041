import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText, parseFlags } from './parse-flags.ts';
import { decodeFile } from './read-file.ts';
import { resolveSettings } from './resolve.ts';

const nothing = decodeFile('{}').sections;

function resolve(argv: readonly string[]) {
  return resolveSettings(parseFlags(argv), nothing);
}

test('resolveSettings() fills in defaults', () => {
  const settings = resolve([]);
  assert.deepEqual(settings.listen, [{ host: '127.0.0.1', port: 5000 }]);
  assert.equal(settings.dataRoot, '/var/lib/wharf-registry');
  assert.equal(settings.quota, undefined);
  assert.equal(settings.collect.graceMs, 24 * 3600_000);
  assert.equal(settings.stopTimeoutMs, 30_000);
});

test('flags are read in both forms, and lists add up', () => {
  const settings = resolve([
    '--listen',
    ':5000',
    '--listen=[::1]:5001',
    '--quota',
    '10g',
    '--read-only',
    '--gc-grace=90m',
  ]);
  assert.deepEqual(settings.listen, [
    { host: '::', port: 5000 },
    { host: '::1', port: 5001 },
  ]);
  assert.equal(settings.quota, 10 * 2 ** 30);
  assert.equal(settings.readOnly, true);
  assert.equal(settings.collect.graceMs, 90 * 60_000);
});

test('what makes no sense is refused by its name', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--no-such'], /unknown flag: --no-such/],
    [['word'], /accepts no arguments, but got: word/],
    [['--listen'], /flag needs an argument: --listen/],
    [['--listen', 'x'], /listen: want HOST:PORT/],
    [['--listen', 'x:99999'], /listen: want HOST:PORT/],
    [['--quota', 'much'], /quota: invalid size/],
    [['--gc-grace', '-1h'], /gc-grace: invalid duration/],
    [['--read-only=maybe'], /read-only: want true or false/],
    [['--log-level', 'loud'], /log-level: want debug/],
    [['--tls-cert', '/x'], /TLS needs both/],
    [['--cache', 'ftp://x'], /cache: want the URL/],
    [['--cache', 'https://x/path'], /cache: want the URL/],
  ];
  for (const [argv, message] of cases) assert.throws(() => resolve(argv), message, argv.join(' '));
});

test('the file tells the same options, and sections of its own', () => {
  const { options, sections } = decodeFile(
    JSON.stringify({
      listen: ['10.0.0.1:443'],
      'read-only': true,
      quota: '1g',
      projects: {
        hub: { cache: { url: 'https://registry-1.docker.io', username: 'u', password: 'p' } },
        a: { quota: '5m' },
      },
      s3: { endpoint: 'http://10.0.0.2:9000', bucket: 'b', 'access-key-id': 'k', 'secret-access-key': 's' },
    }),
  );
  const settings = resolveSettings(options, sections);
  assert.deepEqual(settings.listen, [{ host: '10.0.0.1', port: 443 }]);
  assert.equal(settings.readOnly, true);
  assert.deepEqual([...settings.quotas], [['a', 5 * 2 ** 20]]);
  assert.equal(settings.cache.projects.get('hub')?.url.host, 'registry-1.docker.io');
  assert.equal(settings.cache.projects.get('hub')?.username, 'u');
  assert.equal(settings.s3?.region, 'us-east-1');
});

test('a file with unknown keys or wrong types is refused', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /must be a JSON object/],
    [{ colour: 'red' }, /has no such keys: colour/],
    [{ config: '/x' }, /has no such keys: config/],
    [{ listen: ':5000' }, /listen: want a list of texts/],
    [{ quota: 5 }, /quota: want a text/],
    [{ 'read-only': 'yes' }, /read-only: want true or false/],
    [{ projects: { a: { quota: 5 } } }, /quota of project a: want a text/],
    [{ projects: { a: { colour: 1 } } }, /project a has no such keys: colour/],
    [{ projects: [] }, /projects: want an object/],
    [{ projects: { a: { cache: {} } } }, /cache of project a: want a text/],
    [{ s3: { bucket: 'b', 'access-key-id': 'k' } }, /want both/],
    [{ s3: {} }, /bucket of s3: want a text/],
  ];
  for (const [value, message] of cases) assert.throws(() => decodeFile(JSON.stringify(value)), message);
  assert.throws(() => decodeFile('{'), SyntaxError);
});

test('helpText() names every flag', () => {
  for (const flag of ['--listen', '--s3', '--tls-cert', '--cache-expiry']) {
    assert.equal(helpText().includes(flag), flag !== '--s3');
  }
});
