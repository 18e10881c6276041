import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDockerfile } from './parse.ts';
import type { Instruction } from './types.ts';

const parsed = (text: string) => parseDockerfile(`FROM scratch\n${text}`).stages[0]?.instructions ?? [];

/** An instruction without where it stands. */
function bare(instruction: Instruction | undefined): object {
  const { range, source, spelled, ...rest } = instruction ?? assert.fail('there is no instruction');
  return JSON.parse(JSON.stringify(rest));
}

test('parseDockerfile() puts instructions into stages, ARGs before them aside', () => {
  const file = parseDockerfile(
    'ARG V=1\nFROM a:$V AS One\nRUN x\nfrom --platform=linux/arm64 one\nCMD ["y"]\n',
  );
  assert.deepEqual(file.globalArgs[0]?.args, [{ name: 'V', value: '1' }]);
  assert.deepEqual(
    file.stages.map(({ index, name, range }) => ({ index, name, range })),
    [
      { index: 0, name: 'one', range: { start: 2, end: 3 } },
      { index: 1, name: undefined, range: { start: 4, end: 5 } },
    ],
  );
  assert.equal(file.stages[1]?.from.platform, 'linux/arm64');
});

test('parseDockerfile() joins continued lines and drops comments between them', () => {
  const [run] = parsed('RUN a \\\n  # comment\n\n  b \\  \n c\nRUN d');
  assert.deepEqual(bare(run), {
    ...bare(parsed('RUN a   b  c')[0]),
    command: { form: 'shell', text: 'a   b  c' },
  });
  assert.deepEqual(run?.range, { start: 2, end: 6 });
  assert.deepEqual(parseDockerfile('FROM a\nRUN a \\\n\n b').emptyContinuations, [{ start: 2, end: 4 }]);
});

test('parseDockerfile() obeys directives, a byte order mark and other line ends', () => {
  const file = parseDockerfile(
    '\uFEFF# syntax = docker/dockerfile:1\r\n#Escape=`\r\nFROM a\r\nRUN x `\r\n y\\\r\n',
  );
  assert.deepEqual(file.directives, { syntax: 'docker/dockerfile:1', escapeToken: '`', check: undefined });
  assert.equal(file.stages[0]?.instructions[0]?.source, 'RUN x  y\\');
  assert.equal(parseDockerfile('# hi\n# escape=`\nFROM a').directives.escapeToken, '\\');
});

test('parseDockerfile() reads here-documents', () => {
  const [run, copy] = parsed('RUN <<EOF\na\n$b\nEOF\nCOPY --link <<-"one" <<two x /d/\n\ta\none\nb\ntwo\n');
  assert.deepEqual(bare(run), {
    kind: 'run',
    command: { form: 'shell', text: '<<EOF' },
    heredocs: [{ name: 'EOF', content: 'a\n$b\n', expand: true, chomp: false }],
    mounts: [],
    network: 'default',
    security: 'sandbox',
    devices: [],
  });
  assert.deepEqual(bare(copy), {
    kind: 'copy',
    sources: ['x'],
    destination: '/d/',
    heredocs: [
      { name: 'one', content: 'a\n', expand: false, chomp: true },
      { name: 'two', content: 'b\n', expand: true, chomp: false },
    ],
    link: true,
    excludes: [],
    parents: false,
  });
});

test('parseDockerfile() reads each instruction', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['CMD ["a", "b"]', { kind: 'cmd', command: { form: 'exec', words: ['a', 'b'] } }],
    ["CMD ['a']", { kind: 'cmd', command: { form: 'shell', text: "['a']" } }],
    ['ENTRYPOINT a b', { kind: 'entrypoint', command: { form: 'shell', text: 'a b' } }],
    [
      'ENV a=1 b="2 3" c=4\\ 5',
      {
        kind: 'env',
        pairs: [
          ['a', '1'],
          ['b', '"2 3"'],
          ['c', '4\\ 5'],
        ],
        spaced: false,
      },
    ],
    ['ENV a 1  2', { kind: 'env', pairs: [['a', '1  2']], spaced: true }],
    ['LABEL "a b"=c', { kind: 'label', pairs: [['"a b"', 'c']], spaced: false }],
    ['EXPOSE 80 90-92/UDP', { kind: 'expose', words: ['80', '90-92/UDP'] }],
    ['VOLUME ["/a b"]', { kind: 'volume', words: ['/a b'] }],
    ['USER a:b', { kind: 'user', word: 'a:b' }],
    ['WORKDIR /a b', { kind: 'workdir', word: '/a b' }],
    ['STOPSIGNAL 9', { kind: 'stopsignal', word: '9' }],
    ['MAINTAINER me <x>', { kind: 'maintainer', word: 'me <x>' }],
    ['SHELL ["s","-c"]', { kind: 'shell', words: ['s', '-c'] }],
    ['ONBUILD RUN --network=none x', { kind: 'onbuild', trigger: 'RUN --network=none x' }],
    ['ARG a b=1', { kind: 'arg', args: [{ name: 'a' }, { name: 'b', value: '1' }], isCommented: false }],
    ['HEALTHCHECK NONE', { kind: 'healthcheck', check: { Test: ['NONE'] } }],
    [
      'HEALTHCHECK --interval=5s --retries=3 CMD a b',
      {
        kind: 'healthcheck',
        check: { Test: ['CMD-SHELL', 'a b'], Interval: 5e9, Retries: 3 },
        form: 'shell',
      },
    ],
    [
      'ADD --checksum=sha256:a --chown=1:2 --keep-git-dir --unpack=false a b /c',
      {
        kind: 'add',
        sources: ['a', 'b'],
        destination: '/c',
        heredocs: [],
        chown: '1:2',
        link: false,
        excludes: [],
        checksum: 'sha256:a',
        keepGitDir: true,
        unpack: false,
      },
    ],
  ];
  for (const [text, expected] of cases) assert.deepEqual(bare(parsed(text)[0]), expected, text);
});

test('parseDockerfile() tells what is wrong, and where', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /^file with no instructions$/],
    ['# x\n', /^file with no instructions$/],
    ['ARG a', /^dockerfile contains no stages to build$/],
    ['RUN x', /^dockerfile parse error on line 1: no build stage in current context$/],
    ['FROM a\nRUNN x', /on line 2: unknown instruction: RUNN \(did you mean RUN\?\)$/],
    ['FROM', /FROM requires either one or three arguments$/],
    ['FROM a b', /FROM requires either one or three arguments$/],
    [
      'FROM a AS 1b',
      /invalid name for build stage: "1b", name can't start with a number or contain symbols$/,
    ],
    ['FROM --platfrom=x a', /unknown flag: --platfrom \(did you mean platform\?\)$/],
    ['FROM a\nCOPY a', /COPY requires at least two arguments, but only one was provided\. Destination/],
    ['FROM a\nCOPY --from=a --from=b c d', /Duplicate flag specified: from$/],
    ['FROM a\nCOPY --link=maybe c d', /Expecting boolean value for flag link, not: maybe$/],
    ['FROM a\nCOPY --from c d', /Missing a value on flag: from$/],
    ['FROM a\nCMD ["a", 1]', /when using JSON array syntax, arrays must be comprised of strings only$/],
    ['FROM a\nENV a', /ENV must have two arguments$/],
    ['FROM a\nENV =1', /ENV names can not be blank$/],
    ['FROM a\nENV a=1 b', /Syntax error - can't find = in "b"\. Must be of the form: name=value$/],
    ['FROM a\nRUN', /RUN requires at least one argument$/],
    ['FROM a\nRUN --mount=type=bindd,target=/x y', /unsupported mount type "bindd" \(did you mean bind\?\)$/],
    ['FROM a\nRUN --mount=type=cache x', /target is required$/],
    ['FROM a\nRUN --network=x y', /network mode "x" is not supported$/],
    ['FROM a\nRUN <<EOF\nx', /on line 2: unterminated heredoc$/],
    ['FROM a\nSHELL x', /SHELL requires the arguments to be in JSON form$/],
    ['FROM a\nONBUILD FROM x', /FROM isn't allowed as an ONBUILD trigger$/],
    ['FROM a\nHEALTHCHECK x', /Unknown type "X" in HEALTHCHECK \(try CMD\)$/],
    ['# escape=x\nFROM a', /invalid escape token 'x' does not match ` or \\$/],
    ['# syntax=a\n# syntax=b\nFROM a', /on line 2: only one syntax parser directive can be used$/],
  ];
  for (const [text, message] of refusals) assert.throws(() => parseDockerfile(text), { message }, text);
});
