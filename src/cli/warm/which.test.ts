import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from '../command-line.ts';
import { decodeCall } from './call.ts';
import { DistantCaller } from './distant-caller.ts';

const nowhere = { write: () => true, end: () => undefined, on: () => undefined, destroyed: false };

async function isWarm(line: string, variables: readonly string[] = []): Promise<boolean> {
  const facts = [
    'pwharf',
    'd/here',
    'eHOME=/nobody',
    ...variables.map((variable) => `e${variable}`),
    ...line.split(' ').map((word) => `a${word}`),
  ];
  const call = decodeCall(Buffer.from(facts.map((fact) => `${fact}\0`).join('')));
  return (await readCommandLine(new DistantCaller(call, nowhere))).warm;
}

const warm = [
  'ps -a',
  'rm -f a b',
  'start a',
  'stop -t 0 a',
  'inspect a',
  'exec a true',
  'exec -dit a true',
  'run --rm x true',
  'run -dit x',
  'run -v ./a:/b x',
  'create -it x',
  'image ls -q',
  'container prune -f',
  'system prune --force',
  '-H unix:///other.sock ps',
];

const cold = [
  'exec -i a cat',
  'exec -t a true',
  'exec --env-file f a true',
  'run -i x',
  'run -t x',
  'run -a stdin x',
  'run --env-file f x',
  'run --label-file f x',
  'run --cidfile f x',
  'run --security-opt seccomp=f x',
  'create --env-file f x',
  'start -a a',
  'start -i a',
  'attach a',
  'logs a',
  'cp a:/b .',
  'container prune',
  'system prune',
  'load -i f',
  'import f',
  'login',
  'ps --help',
  '--version',
  'help ps',
  'container',
  '--config settings ps',
  '-H unix://relative.sock ps',
  '-H tcp://host:1 ps',
  '-H ssh://host ps',
];

for (const line of warm) test(`may run in a warm client: ${line}`, async () => assert.ok(await isWarm(line)));
for (const line of cold) {
  test(`runs in its own process: ${line}`, async () => assert.equal(await isWarm(line), false));
}

test('the environment may keep a command in its own process', async () => {
  assert.equal(await isWarm('ps', ['DOCKER_HOST=tcp://host:1']), false);
  assert.equal(await isWarm('ps', ['DOCKER_CONFIG=settings']), false);
});
