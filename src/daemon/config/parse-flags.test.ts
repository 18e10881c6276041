import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText } from './help.ts';
import { parseFlags } from './parse-flags.ts';

test('parseFlags() reads long and short flags, with and without =', () => {
  const argv = ['--data-root=/d', '--exec-root', '/e', '-H', 'unix:///a', '-Htcp://b', '-D'];
  assert.deepEqual(parseFlags([...argv, '--log-opt', 'a=1', '--log-opt=b=2']), {
    dataRoot: '/d',
    execRoot: '/e',
    hosts: ['unix:///a', 'tcp://b'],
    debug: true,
    logOptions: { a: '1', b: '2' },
  });
  assert.deepEqual(parseFlags(['--debug=false', '--mtu', '1400']), { debug: false, mtu: 1400 });
});

test('parseFlags() reads ulimits, pools and features', () => {
  const words = ['--default-ulimit', 'nofile=1024:2048', '--default-ulimit=core=-1', '--feature=cdi'];
  const pool = ['--default-address-pool', 'base=10.0.0.0/8,size=24'];
  assert.deepEqual(parseFlags([...words, ...pool]), {
    ulimits: {
      nofile: { Name: 'nofile', Soft: 1024, Hard: 2048 },
      core: { Name: 'core', Soft: -1, Hard: -1 },
    },
    features: { cdi: true },
    addressPools: [{ base: '10.0.0.0/8', size: 24 }],
  });
});

test("parseFlags() refuses what is no flag and no value, in Docker's words", () => {
  const refuses = (argv: string[], message: RegExp) => assert.throws(() => parseFlags(argv), message);
  refuses(['--sail'], /unknown flag: --sail\nSee 'wharfd --help'\./);
  refuses(['--constructor'], /unknown flag: --constructor\nSee/);
  refuses(['-x'], /unknown shorthand flag: 'x' in -x\n/);
  refuses(['now'], /accepts no arguments, but got: now/);
  refuses(['--bip'], /flag needs an argument: --bip/);
  refuses(['--debug=maybe'], /"maybe" for "-D, --debug" flag: strconv.ParseBool: parsing "maybe": invalid/);
  refuses(['--mtu', 'x'], /"x" for "--mtu" flag: strconv.ParseInt: parsing "x": invalid syntax/);
  refuses(['--default-ulimit', 'x'], /flag: invalid ulimit argument: x/);
});

test('F22 parseFlags() says what became of flags that Docker removed', () => {
  assert.throws(
    () => parseFlags(['--exec-driver=lxc']),
    /unknown flag: --exec-driver\nDocker removed it in 1.13: containers are run by the engine's own runtime/,
  );
  assert.throws(() => parseFlags(['-g', '/x']), /unknown shorthand flag: 'g' in -g\nUse --data-root\./);
});

test('helpText() tells every flag that does something', () => {
  for (const flag of ['--data-root string', '-H, --host list', '--validate', '--default-ulimit ulimit'])
    assert.ok(helpText().includes(flag), flag);
  assert.ok(!helpText().includes('--containerd'));
});
