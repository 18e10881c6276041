import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogConfig, resolveStorage, validateLogConfig } from './log-config.ts';

type Options = Readonly<Record<string, string>>;

const accepts = (Type: string, Config: Options = {}) =>
  assert.doesNotThrow(() => validateLogConfig({ Type, Config }));
const refuses = (Type: string, Config: Options, message: string) =>
  assert.throws(() => validateLogConfig({ Type, Config }), { name: 'EngineError', kind: 'invalid', message });

test('validateLogConfig() accepts what each driver knows', () => {
  const attributes = { labels: 'a', 'labels-regex': '^x', env: 'b', 'env-regex': 'y$', tag: '{{.Name}}' };
  accepts('none', { anything: 'goes' });
  accepts('json-file', { ...attributes, 'max-size': '10m', 'max-file': '3', compress: 'false' });
  accepts('json-file', { mode: 'non-blocking', 'max-buffer-size': '4m', 'cache-disabled': 'true' });
  accepts('local', { 'max-size': '1.5g', 'max-file': '1' });
  accepts('journald', attributes);
  accepts('syslog', { ...attributes, 'syslog-address': 'tcp+tls://[::1]:6514', 'syslog-facility': '3' });
  accepts('syslog', { 'syslog-format': 'rfc5424micro', 'syslog-facility': 'local7' });
  accepts('fluentd', { 'fluentd-address': 'host', 'fluentd-async': 'true', 'fluentd-retry-wait': '1m30s' });
  accepts('fluentd', { 'fluentd-address': 'unix:///x', 'fluentd-buffer-limit': '8MB' });
  accepts('gelf', { 'gelf-address': 'udp://host:12201', 'gelf-compression-level': '-1' });
});

test('validateLogConfig() refuses drivers and options that nobody knows', () => {
  refuses('x', {}, 'error looking up logging plugin x: plugin "x" not found');
  refuses('json-file', { x: '1' }, "unknown log opt 'x' for json-file log driver");
  refuses('local', { labels: 'a' }, "unknown log opt 'labels' for log driver local");
  refuses('syslog', { 'gelf-address': 'a' }, "unknown log opt 'gelf-address' for syslog log driver");
});

test('validateLogConfig() refuses bad values of all drivers', () => {
  refuses('json-file', { mode: 'x' }, 'logger: logging mode not supported: x');
  const needsMode = "logger: max-buffer-size option is only supported with 'mode=non-blocking'";
  refuses('json-file', { 'max-buffer-size': '1m' }, needsMode);
  const room = { mode: 'non-blocking', 'max-buffer-size': 'zz' };
  refuses('json-file', room, "error parsing option max-buffer-size: invalid size: 'zz'");
  refuses('json-file', { 'cache-disabled': 'zz' }, 'invalid value for option cache-disabled: zz');
});

test('validateLogConfig() refuses bad limits', () => {
  const fails = (type: string, options: Options, reason: string) =>
    refuses(type, options, `failed to initialize logging driver: ${reason}`);
  fails('json-file', { 'max-size': 'abc' }, "invalid size: 'abc'");
  fails('json-file', { 'max-size': '-5' }, "invalid size: '-5'");
  fails('json-file', { 'max-size': '0' }, 'max-size must be a positive number');
  fails('local', { 'max-size': 'x' }, "invalid value for max-size: x: invalid size: 'x'");
  fails('json-file', { 'max-file': '0' }, 'max-file cannot be less than 1');
  fails('json-file', { 'max-file': 'x' }, 'strconv.Atoi: parsing "x": invalid syntax');
  fails('json-file', { compress: 'x' }, 'strconv.ParseBool: parsing "x": invalid syntax');
  const useless = 'compress cannot be true when max-file is less than 2 or max-size is not set';
  fails('json-file', { compress: 'true', 'max-file': '1' }, useless);
  fails('json-file', { compress: 'true', 'max-size': '-1' }, useless);
});

test('validateLogConfig() refuses bad addresses', () => {
  const syslog = (address: string, message: string) =>
    refuses('syslog', { 'syslog-address': address }, message);
  syslog('foo', "unsupported scheme: ''");
  syslog('http://a', "unsupported scheme: 'http'");
  syslog('unix:///nonexistent', 'stat /nonexistent: no such file or directory');
  syslog('udp://a:b', 'parse "udp://a:b": invalid port ":b" after host');
  const fluentd = (address: string, reason: string) =>
    refuses('fluentd', { 'fluentd-address': address }, `invalid fluentd-address (${address}): ${reason}`);
  fluentd('http://x', "unsupported scheme: 'http'");
  fluentd('x:y', 'parse "tcp://x:y": invalid port ":y" after host');
  const range = 'invalid port: strconv.ParseUint: parsing "99999999": value out of range';
  fluentd('tcp://x:99999999', range);
  refuses('gelf', { x: '1' }, 'gelf-address is a required parameter');
  refuses('gelf', { 'gelf-address': 'foo' }, 'gelf: endpoint needs to be TCP or UDP');
  refuses('gelf', { 'gelf-address': 'udp://a' }, 'gelf: please provide gelf-address as proto://host:port');
});

test('validateLogConfig() refuses bad values of remote drivers', () => {
  refuses('syslog', { 'syslog-facility': 'zz' }, 'invalid syslog facility');
  refuses('syslog', { 'syslog-facility': '99' }, 'invalid syslog facility');
  refuses('syslog', { 'syslog-format': 'zz' }, 'Invalid syslog format');
  refuses('fluentd', { 'fluentd-buffer-limit': 'x' }, "invalid size: 'x'");
  refuses('fluentd', { 'fluentd-async': 'x' }, 'strconv.ParseBool: parsing "x": invalid syntax');
  refuses('fluentd', { 'fluentd-max-retries': 'x' }, 'strconv.ParseUint: parsing "x": invalid syntax');
  refuses('fluentd', { 'fluentd-retry-wait': 'x' }, 'time: invalid duration "x"');
  const reconnect =
    'invalid value for fluentd-async-reconnect-interval: value ("1ns") must be between 100ms and 10s';
  refuses('fluentd', { 'fluentd-async-reconnect-interval': '1ns' }, reconnect);
  const timeout =
    'invalid value for fluentd-write-timeout: value must be a duration: time: invalid duration "x"';
  refuses('fluentd', { 'fluentd-write-timeout': 'x' }, timeout);
  const gelf = (address: string, name: string, value: string, message: string) =>
    refuses('gelf', { 'gelf-address': address, [name]: value }, message);
  const unknown = (name: string, value: string) =>
    gelf('udp://a:1', name, value, `unknown value "${value}" for log opt "${name}" for gelf log driver`);
  unknown('gelf-compression-type', 'x');
  unknown('gelf-compression-level', '99');
  gelf('tcp://a:1', 'gelf-compression-type', 'gzip', 'compression is only supported on UDP');
  gelf('udp://a:1', 'gelf-tcp-max-reconnect', '1', '"gelf-tcp-max-reconnect" is only valid for TCP');
  gelf('tcp://a:1', 'gelf-tcp-max-reconnect', 'x', '"gelf-tcp-max-reconnect" must be a positive integer');
});

test('resolveStorage() rotates and packs by default', () => {
  const storage = (Type: string, Config: LogConfig['Config'] = {}) => resolveStorage({ Type, Config });
  const usual = { maxFiles: 5, compress: true, readable: true };
  assert.deepEqual(storage('json-file'), { ...usual, format: 'json-file', maxSize: 20_000_000 });
  assert.deepEqual(storage('local'), { ...usual, format: 'local', maxSize: 20 << 20 });
  assert.deepEqual(storage('syslog', { 'max-size': '1k' }), {
    ...usual,
    format: 'json-file',
    maxSize: 20 << 20,
  });
  assert.equal(storage('none'), undefined);
});

test('resolveStorage() does as it is told', () => {
  const storage = (Type: string, Config: Options) => resolveStorage({ Type, Config });
  const unlimited = storage('json-file', { 'max-size': '-1' });
  assert.deepEqual([unlimited?.maxSize, unlimited?.compress], [0, false]);
  const one = storage('json-file', { 'max-size': '1.5k', 'max-file': '1' });
  assert.deepEqual([one?.maxSize, one?.maxFiles, one?.compress], [1500, 1, false]);
  const cached = storage('gelf', { 'cache-max-size': '1m', 'cache-max-file': '2', 'cache-disabled': 'true' });
  assert.deepEqual([cached?.maxSize, cached?.maxFiles, cached?.readable], [1 << 20, 2, false]);
});
