import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { helpText } from './help.ts';
import { parseFlags } from './parse-flags.ts';
import { decodeFile, withFile } from './read-file.ts';
import { parseBytes, resolveSettings } from './settings.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-config-'));
});
after(() => rmSync(folder, { recursive: true }));

const file = (text: string): string => {
  const path = join(folder, 'daemon.json');
  writeFileSync(path, text);
  return path;
};

test('parseFlags() reads long and short flags, with and without =', () => {
  const argv = [
    '--data-root=/d',
    '--exec-root',
    '/e',
    '-H',
    'unix:///a',
    '-Htcp://b',
    '-D',
    '--log-opt',
    'a=1',
  ];
  assert.deepEqual(parseFlags(argv), {
    dataRoot: '/d',
    execRoot: '/e',
    hosts: ['unix:///a', 'tcp://b'],
    debug: true,
    logOptions: { a: '1' },
  });
  assert.deepEqual(parseFlags(['--debug=false']), { debug: false });
});

test('parseFlags() refuses what is no flag', () => {
  assert.throws(() => parseFlags(['--sail']), /unknown flag: --sail/);
  assert.throws(() => parseFlags(['-x']), /unknown shorthand flag: 'x' in -x/);
  assert.throws(() => parseFlags(['now']), /accepts no arguments, but got: now/);
  assert.throws(() => parseFlags(['--bip']), /flag needs an argument: --bip/);
  assert.throws(() => parseFlags(['--debug=maybe']), /invalid argument "maybe" for "--debug" flag/);
});

test('withFile() adds what the file says', () => {
  const path = file('{"debug": true, "hosts": ["unix:///a"], "registry-mirrors": ["https://m"]}');
  assert.deepEqual(withFile({ configFile: path, bip: '10.0.0.1/24' }), {
    configFile: path,
    bip: '10.0.0.1/24',
    debug: true,
    hosts: ['unix:///a'],
    registryMirrors: ['https://m'],
  });
});

test("withFile() refuses a bad file, in Docker's words", () => {
  const refuses = (text: string, message: RegExp) => {
    assert.throws(() => withFile({ configFile: file(text), debug: true }), message);
  };
  refuses(
    '{"sails": 3, "mast": 1}',
    /with file .*: the following directives don't match any configuration option: sails, mast/,
  );
  refuses(
    '{"debug": false}',
    /specified both as a flag and in the configuration file: debug: \(from flag: true, from file: false\)/,
  );
  refuses('{"bip": ', /^EngineError: unable to configure the Docker daemon with file /);
  refuses('[]', /must be a JSON object/);
  refuses('{"hosts": "unix:///a"}', /the directive hosts must be a list of strings/);
  assert.throws(
    () => withFile({ configFile: '/nowhere.json' }),
    /open \/nowhere.json: no such file or directory/,
  );
});

test('decodeFile() knows no keys that are flags only', () => {
  assert.throws(
    () => decodeFile('{"config-file": "x"}'),
    /don't match any configuration option: config-file/,
  );
});

test('resolveSettings() fills in defaults', () => {
  const settings = resolveSettings({});
  assert.deepEqual(settings.hosts, [{ kind: 'unix', path: '/var/run/docker.sock', group: 'docker' }]);
  assert.deepEqual(
    [settings.dataRoot, settings.execRoot, settings.pidfile, settings.shmBytes],
    ['/var/lib/wharf', '/run/wharf', '/run/wharf.pid', 67_108_864],
  );
});

test('resolveSettings() reads hosts, mirrors and levels', () => {
  const { hosts, registryMirrors, logLevel } = resolveSettings({
    hosts: ['tcp://0.0.0.0:2375', 'tcp://[::1]:99', 'tcp://:77'],
    registryMirrors: ['https://m.example'],
    debug: true,
  });
  assert.deepEqual(hosts, [
    { kind: 'tcp', host: '0.0.0.0', port: 2375 },
    { kind: 'tcp', host: '::1', port: 99 },
    { kind: 'tcp', host: 'localhost', port: 77 },
  ]);
  assert.deepEqual(registryMirrors, ['https://m.example/']);
  assert.equal(logLevel, 'debug');
});

test('resolveSettings() refuses values that make no sense', () => {
  assert.throws(() => resolveSettings({ hosts: ['ftp://x'] }), /invalid bind address format: ftp:\/\/x/);
  assert.throws(() => resolveSettings({ dataRoot: 'rel' }), /the data-root must be an absolute path: rel/);
  assert.throws(() => resolveSettings({ logLevel: 'loud' }), /invalid logging level: loud/);
  assert.throws(
    () => resolveSettings({ registryMirrors: ['ftp://m'] }),
    /invalid mirror: unsupported scheme "ftp"/,
  );
  assert.throws(() => resolveSettings({ storageDriver: 'btrfs' }), /driver not supported: btrfs/);
  assert.throws(() => resolveSettings({ labels: ['x'] }), /bad attribute format: x/);
});

test('parseBytes() knows units', () => {
  assert.deepEqual(['64m', '1g', '10', '1.5k', '2MiB'].map(parseBytes), [
    67_108_864,
    2 ** 30,
    10,
    1536,
    2 ** 21,
  ]);
});

test('helpText() tells every flag', () => {
  for (const flag of ['--data-root string', '-H, --host list', '--validate'])
    assert.ok(helpText().includes(flag));
});
