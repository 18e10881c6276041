import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseArguments } from '../../flags/index.ts';
import { createFlags, parseRun, type Surroundings } from './index.ts';

/** What the stock client 28.2.2 sent to a recording daemon: the plain request, and how others differ from it. */
interface StockRequests {
  readonly plain: Json;
  readonly requests: readonly [line: string, difference: Json][];
  readonly refusals: readonly [line: string, message: string][];
}

type Json = Readonly<Record<string, unknown>>;

const stock = JSON.parse(
  readFileSync(new URL('./testdata/stock-requests.json', import.meta.url), 'utf8'),
) as StockRequests;

const files: Readonly<Record<string, string>> = {
  'vars.env': '# comment\nA=1\n  B=2 x\nFOO\nNOPE\n\n',
  'bad.env': 'BAD KEY=1\n',
  labels: 'l1=a\nl2\n',
  'profile.json': '{ "defaultAction": "SCMP_ACT_ALLOW",\n "a": [1, 2] }',
};

const around: Surroundings = {
  directory: '/here/there',
  readFile(path) {
    const content = files[path];
    if (content === undefined) throw new Error(`open ${path}: no such file or directory`);
    return content;
  },
  environment: { FOO: 'foo val' },
  consoleSize: [0, 0],
  proxies: {},
};

/** Splits a line at spaces; single and double quotes hold together. */
function words(line: string): string[] {
  const parts = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return parts.map((part) =>
    part.replace(/'([^']*)'|"([^"]*)"/g, (_, a?: string, b?: string) => a ?? b ?? ''),
  );
}

function parse(line: string) {
  const input = parseArguments(createFlags, words(line), { flagsFirst: true });
  return parseRun(input, input.operands, around);
}

/** The request in the form of the goldens: an empty runtime is left out, as the stock client does. */
function bodyOf(line: string): Json {
  const { body, name, platform } = parse(line);
  const { Runtime: runtime, ...host } = body.HostConfig;
  const query = { ...(name && { name }), ...(platform && { platform }) };
  return JSON.parse(
    JSON.stringify({
      ...(Object.keys(query).length === 0 ? {} : { query }),
      ...body,
      HostConfig: { ...host, ...(runtime && { Runtime: runtime }) },
    }),
  ) as Json;
}

function merged(base: Json, difference: Json): Json {
  const host = { ...(base.HostConfig as Json), ...(difference.HostConfig as Json | undefined) };
  return { ...base, ...difference, HostConfig: host };
}

for (const [line, difference] of stock.requests) {
  test(`parseRun() makes of "${line}" the stock client's request`, () => {
    assert.deepEqual(bodyOf(line), merged(stock.plain, difference));
  });
}

for (const [line, message] of stock.refusals) {
  test(`parseRun() refuses "${line}" in the stock client's words`, () => {
    assert.throws(
      () => parse(line),
      (error: Error) => message === error.message || message === `docker: ${error.message}`,
    );
  });
}

test('parseRun() takes variables from files, then from flags; a bare name takes our value', () => {
  assert.deepEqual(parse('--env-file vars.env -e Z=1 -e FOO -e NOPE img').body.Env, [
    'A=1',
    'B=2 x',
    'FOO=foo val',
    'Z=1',
    'FOO=foo val',
    'NOPE',
  ]);
});

test('parseRun() takes labels from files, lines without value left out', () => {
  assert.deepEqual(parse('--label-file labels -l c img').body.Labels, { l1: 'a', c: '' });
});

test('parseRun() says which line of an env file is wrong', () => {
  assert.throws(() => parse('--env-file bad.env img'), {
    message: "invalid env file (bad.env): variable 'BAD KEY' contains whitespaces",
  });
  assert.throws(() => parse('--env-file none img'), { message: 'open none: no such file or directory' });
});

test('parseRun() sends the content of a seccomp profile', () => {
  assert.deepEqual(parse('--security-opt seccomp=profile.json img').body.HostConfig.SecurityOpt, [
    'seccomp={"defaultAction":"SCMP_ACT_ALLOW","a":[1,2]}',
  ]);
});

test('parseRun() makes a relative source absolute', () => {
  const { Binds, Mounts } = parse('-v ./rel:/d --mount type=bind,src=../a,dst=/b img').body.HostConfig;
  assert.deepEqual(Binds, ['/here/there/rel:/d']);
  assert.equal(Mounts?.[0]?.Source, '/here/a');
});
