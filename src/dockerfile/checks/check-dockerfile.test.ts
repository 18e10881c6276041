import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileIgnore } from '../ignore.ts';
import { parseDockerfile } from '../parse.ts';
import { checkDockerfile, checkUrl, describeFindings } from './check-dockerfile.ts';
import { type CheckName, summaries } from './types.ts';

const scope = {
  ignore: compileIgnore(['hidden', '*.log', '!kept.log']),
  platform: 'linux/amd64',
  baseOf: (reference: string) =>
    reference === 'arm' ? { platform: 'linux/arm64', variables: ['PATH'], workingDir: '/' } : undefined,
};

function found(text: string, directive?: string): string[] {
  const { findings } = checkDockerfile(parseDockerfile(text), scope, directive);
  return findings.map(({ check, range }) => `${check}:${range.start}`);
}

/** Each check: a file that it complains of, and where. */
const bad: Readonly<Record<CheckName, readonly [text: string, line: number]>> = {
  ConsistentInstructionCasing: ['FROM a\nRUN x\nrun y', 3],
  CopyIgnoredFile: ['FROM a\nCOPY kept.log .\nCOPY hidden/x .', 3],
  DuplicateStageName: ['FROM a AS x\nFROM a AS x', 2],
  ExposeInvalidFormat: ['FROM a\nEXPOSE 127.0.0.1:80:80', 2],
  ExposeProtoCasing: ['FROM a\nEXPOSE 80/TCP', 2],
  FromAsCasing: ['FROM a as x', 1],
  FromPlatformFlagConstDisallowed: ['FROM --platform=linux/arm64 a', 1],
  InvalidBaseImagePlatform: ['FROM arm', 1],
  InvalidDefaultArgInFrom: ['ARG V\nFROM a:$V', 2],
  InvalidDefinitionDescription: ['# says nothing\nFROM a AS x', 2],
  JSONArgsRecommended: ['FROM a\nCMD x', 2],
  LegacyKeyValueFormat: ['FROM a\nENV A 1', 2],
  MaintainerDeprecated: ['FROM a\nMAINTAINER me', 2],
  MultipleInstructionsDisallowed: ['FROM a\nCMD ["x"]\nCMD ["y"]', 2],
  NoEmptyContinuation: ['FROM a\nRUN x \\\n\n  y', 2],
  RedundantTargetPlatform: ['FROM --platform=$TARGETPLATFORM a', 1],
  ReservedStageName: ['FROM a AS scratch', 1],
  SecretsUsedInArgOrEnv: ['FROM a\nENV PUBLIC_KEY=1\nENV API_KEY=1', 3],
  StageNameCasing: ['FROM a AS Build', 1],
  UndefinedArgInFrom: ['ARG VERSION=1\nFROM a:$VERSIN', 2],
  UndefinedVar: [`FROM scratch AS x\nARG DIR=a\nFROM x\nCOPY $DIR \${NO:-d} /\nCOPY $DRI /`, 5],
  WorkdirRelativePath: ['FROM a\nWORKDIR a\nWORKDIR b', 2],
};

for (const [check, [text, line]] of Object.entries(bad)) {
  test(`checkDockerfile() knows ${check}`, () => {
    assert.deepEqual(found(text, 'experimental=all'), [`${check}:${line}`]);
    assert.deepEqual(found(text, `experimental=all;skip=${check}`), []);
  });
}

test('checkDockerfile() finds nothing in a file that is right', () => {
  const text = [
    '# V the version',
    'ARG V=1',
    'FROM --platform=$BUILDPLATFORM a:$V AS build',
    'WORKDIR /a',
    'WORKDIR b',
    'RUN make $undefined_of_the_shell',
    'FROM scratch',
    'COPY --from=build hidden $PATH/',
    'ENTRYPOINT ["/x"]',
  ];
  assert.deepEqual(found(text.join('\n'), 'experimental=all'), []);
});

test('the check directive skips, makes errors and asks for experimental checks', () => {
  const text = 'FROM a as x\nMAINTAINER me';
  const report = (directive: string) =>
    checkDockerfile(parseDockerfile(`# check=${directive}\n${text}`), scope);
  assert.deepEqual(report('skip=FromAsCasing, MaintainerDeprecated;error=true'), {
    findings: [],
    isError: true,
  });
  assert.deepEqual(report('skip=all').findings, []);
  assert.equal(report('error=false').findings.length, 2);
  assert.throws(() => report('nothing'), { kind: 'invalid' });
});

test('describeFindings() tells what, why and where', () => {
  const report = checkDockerfile(parseDockerfile('FROM a\nCMD x'), scope);
  assert.match(
    describeFindings('Dockerfile', report),
    /^Check complete, 1 warning has been found!\n\nWARNING: JSONArgs/,
  );
  assert.match(describeFindings('Dockerfile', report), /\nDockerfile:2\n$/);
  assert.equal(
    checkUrl('JSONArgsRecommended'),
    'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
  );
  assert.equal(Object.keys(summaries).length, 22);
});
