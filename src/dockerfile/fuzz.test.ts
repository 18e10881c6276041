import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { expandWords } from './expand.ts';
import { compileIgnore, readIgnoreFile } from './ignore.ts';
import { parseMount } from './mount.ts';
import { parseDockerfile } from './parse.ts';

const seed = `# syntax=docker/dockerfile:1
# escape=\\
ARG V=1.0
FROM --platform=$BUILDPLATFORM base:\${V%.*} AS build
LABEL a="b c" d=e
ENV A=1 B="$A \${C:-x}"
RUN --mount=type=cache,target=/c,sharing=locked --mount=type=secret,id=k,env=K --network=none make \\
  # said
  all
COPY --chown=1:2 --chmod=u+x --exclude=*.o --parents src/**/*.c ["a b", "/dst/"]
ADD --checksum=sha256:00 https://example.com/x.tar.gz#ref:dir /x/
COPY <<-"EOF" <<two /heredocs/
\tone
EOF
$V
two
ONBUILD RUN echo hi
HEALTHCHECK --interval=5s --retries=3 CMD curl -f localhost
EXPOSE 80-82/tcp 53/UDP
SHELL ["/bin/bash", "-c"]
VOLUME ["/data"]
USER 1:1
WORKDIR a/b
STOPSIGNAL SIGTERM
ENTRYPOINT ["x"]
CMD y $z
`;

const pieces = [
  ...[
    '\\',
    '`',
    '"',
    "'",
    '$',
    '${',
    '}',
    '{',
    '<<',
    '<<-',
    '<<EOF',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '#',
    '=',
    '--',
  ],
  ...[
    '[',
    ']',
    '[^',
    '**',
    '*',
    '?',
    '!',
    '/',
    '..',
    '\0',
    '\u{1f680}',
    '\ud800',
    '\uFEFF',
    ',',
    ':',
    '%%',
    '##',
  ],
  ...['FROM ', 'RUN ', 'COPY ', 'ONBUILD ', '# escape=`\n', '--mount=', '--from=', 'EOF\n', '9'.repeat(40)],
];

/** Numbers that look random and are the same each time. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

function mutated(text: string, next: () => number): string {
  let result = text;
  for (let edits = 1 + (next() % 4); edits > 0; edits--) {
    const at = next() % (result.length + 1);
    const piece = pieces[next() % pieces.length] ?? '';
    const dropped = next() % 3 === 0 ? next() % 12 : 0;
    result = result.slice(0, at) + piece + result.slice(at + dropped);
  }
  return result;
}

/** Runs what may refuse its input, but not break on it. */
function survives(work: () => unknown, input: string): void {
  try {
    work();
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalid') return;
    throw new Error(`broke on ${JSON.stringify(input)}`, { cause: error });
  }
}

test('a Dockerfile with anything in it is read or refused', () => {
  const source = numbers();
  const next = () => source.next().value;
  const lines = seed.split(/(?<=\n)/);
  for (let round = 0; round < 50_000; round++) {
    const start = next() % lines.length;
    const text = mutated(`FROM a\n${lines.slice(start, start + 1 + (next() % 6)).join('')}`, next);
    survives(() => parseDockerfile(text), text);
  }
});

test('words, mounts and patterns with anything in them are read or refused', () => {
  const source = numbers();
  const next = () => source.next().value;
  const words = [
    ...seed.split(/\s+/),
    `\${A:-\${B%%*x}/c}`,
    'type=bind,from=x,"source=a,b",ro',
    '!a/**/[^b]?.c',
  ];
  for (let round = 0; round < 20_000; round++) {
    const word = mutated(words[next() % words.length] ?? '', next);
    survives(
      () => expandWords(word, (name) => (name === 'A' ? 'a b' : undefined), { escapeToken: '\\' }),
      word,
    );
    survives(() => parseMount(word, (value) => value), word);
    survives(() => compileIgnore(readIgnoreFile(word)).ignores('src/a/b.c'), word);
  }
});

test('long lines, many continuations and deep substitutions are read in linear time', () => {
  const cases = [
    `FROM a\nRUN ${'x '.repeat(200_000)}`,
    `FROM a\nRUN ${'x \\\n'.repeat(50_000)}y`,
    `FROM a\nENV ${'A=1 '.repeat(50_000)}`,
    `FROM a\nENV A=${'${A:-'.repeat(500)}x${'}'.repeat(500)}`,
    `FROM a\nRUN ${'<<EOF '.repeat(1_000)}\n${'EOF\n'.repeat(1_000)}`,
    `FROM a\nRUN x${' '.repeat(200_000)}y${'\\ '.repeat(1_000)}`,
  ];
  for (const text of cases) survives(() => parseDockerfile(text), text.slice(0, 40));
  const pattern = '*a'.repeat(20);
  assert.equal(compileIgnore([`${pattern}b`]).ignores('a'.repeat(60)), false);
});
