import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageConfig } from '#oci';
import { applyChanges } from './apply-changes.ts';

const base: ImageConfig = { Env: ['PATH=/bin', 'HOME=/root'], Cmd: ['sh'], WorkingDir: '/srv' };
const changed = (...lines: string[]) => applyChanges(base, lines);

test('applyChanges() sets every instruction that commit knows', () => {
  const lines = [
    'CMD ["a","b c"]',
    'ENV X=1 Y="two words" PATH=$PATH:/opt',
    'LABEL l1=v1 "l 2"="v 2"',
    'EXPOSE 80 90/udp 100-102',
    'ENTRYPOINT ep x',
    'VOLUME ["/vv", "/w w"]',
    'WORKDIR rel',
    'USER u:g',
    'STOPSIGNAL SIGINT',
    'HEALTHCHECK --interval=5s --retries=3 CMD wget x',
    'ONBUILD RUN ls',
    'SHELL ["/bin/ash","-c"]',
  ];
  assert.deepEqual(changed(...lines), {
    Env: ['PATH=/bin:/opt', 'HOME=/root', 'X=1', 'Y=two words'],
    Cmd: ['a', 'b c'],
    Entrypoint: ['/bin/sh', '-c', 'ep x'],
    WorkingDir: '/srv/rel',
    Labels: { l1: 'v1', 'l 2': 'v 2' },
    ExposedPorts: { '80/tcp': {}, '90/udp': {}, '100/tcp': {}, '101/tcp': {}, '102/tcp': {} },
    Volumes: { '/vv': {}, '/w w': {} },
    User: 'u:g',
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD-SHELL', 'wget x'], Interval: 5e9, Retries: 3 },
    OnBuild: ['RUN ls'],
    Shell: ['/bin/ash', '-c'],
  });
});

test('applyChanges() drops the old command with a new entrypoint, but not one that was just set', () => {
  assert.equal(changed('ENTRYPOINT ["e"]').Cmd, undefined);
  assert.deepEqual(changed('CMD ["c"]', 'ENTRYPOINT ["e"]').Cmd, ['c']);
  assert.deepEqual(changed('ENTRYPOINT ["e"]', 'CMD ["c"]').Cmd, ['c']);
});

test('applyChanges() reads several lines, comments, continuations and small letters', () => {
  assert.deepEqual(changed('# hello\n\nenv A=1 \\\n  B=2\ncmd ls -l').Env?.slice(2), ['A=1', 'B=2']);
  assert.deepEqual(changed('cmd ls -l').Cmd, ['/bin/sh', '-c', 'ls -l']);
});

test('applyChanges() quotes, escapes and expands as Docker does', () => {
  const value = (line: string) => changed(line).Env?.at(-1);
  assert.equal(value('ENV A b  c'), 'A=b  c');
  assert.equal(value("ENV A='$HOME' "), 'A=$HOME');
  assert.equal(value('ENV A="$HOME/x\\"y"'), 'A=/root/x"y');
  assert.equal(value('ENV A=a\\ b'), 'A=a b');
  assert.equal(value(`ENV A=\${NOPE:-x$HOME}`), 'A=x/root');
  assert.equal(value(`ENV A=\${HOME:+set}\${NOPE:+not}`), 'A=set');
  assert.equal(value('ENV A=a=b'), 'A=a=b');
});

test('applyChanges() refuses in Docker’s words', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['FROM x', /^FROM is not a valid change command$/],
    ['COPY a b', /^COPY is not a valid change command$/],
    ['foo x', /^FOO is not a valid change command$/],
    ['ENV a', /^ENV must have two arguments$/],
    ['ENV a=b c', /^Syntax error - can't find = in "c"\. Must be of the form: name=value$/],
    ['LABEL a', /^LABEL must have two arguments$/],
    ['EXPOSE abc', /^Invalid containerPort: abc$/],
    ['EXPOSE 90-80', /^Invalid containerPort: 90-80$/],
    ['EXPOSE 70000', /^Invalid containerPort: 70000$/],
    ['STOPSIGNAL FOO', /^invalid signal: FOO$/],
    ['WORKDIR', /^WORKDIR requires exactly one argument$/],
    ['USER', /^USER requires exactly one argument$/],
    ['VOLUME', /^VOLUME requires at least one argument$/],
    ['SHELL x', /^SHELL requires the arguments to be in JSON form$/],
    ['HEALTHCHECK x', /^Unknown type "X" in HEALTHCHECK \(try CMD\)$/],
    ['HEALTHCHECK CMD', /^Missing command after HEALTHCHECK CMD$/],
    ['HEALTHCHECK --interval=5 CMD x', /^time: invalid duration "5"$/],
    ['HEALTHCHECK --nope=5s CMD x', /^unknown flag: --nope$/],
    ['ONBUILD ONBUILD x', /^Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed$/],
    ['ONBUILD FROM x', /^FROM isn't allowed as an ONBUILD trigger$/],
    [`ENV A=\${HOME!x}`, /unsupported modifier \(!\) in substitution$/],
  ];
  for (const [line, message] of refusals) assert.throws(() => changed(line), { message }, line);
});
