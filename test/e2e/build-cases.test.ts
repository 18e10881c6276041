import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';

interface Case {
  readonly name: string;
  /** After `FROM base:1`, unless it begins with a stage of its own. */
  readonly text: string;
  readonly flags?: readonly string[];
  /** A command in the image, and what it writes. */
  readonly run?: readonly [script: string, output: string];
  /** A template of `image inspect`, and what it gives. */
  readonly config?: readonly [template: string, output: string];
  /** What the failing build says. */
  readonly refused?: RegExp;
}

const context: readonly TarEntry[] = [
  { path: 'a.txt', content: 'A', mode: 0o640, uid: 7, gid: 8 },
  { path: 'b.txt', content: 'B' },
  { path: 'sub/', type: 'directory', mode: 0o750 },
  { path: 'sub/one.c', content: '1' },
  { path: 'sub/two.o', content: '2' },
  { path: 'sub/deep/', type: 'directory' },
  { path: 'sub/deep/three.c', content: '3' },
  { path: 'link', type: 'symlink', target: 'sub/one.c' },
  { path: 'dirlink', type: 'symlink', target: 'sub' },
  { path: 'odd [x].txt', content: 'odd' },
  { path: 'inner.tar', content: makeTar([{ path: 'unpacked/f', content: 'U', uid: 5, gid: 6 }]) },
];

const config = (field: string) => `{{json .Config.${field}}}`;

const commands: readonly Case[] = [
  {
    name: 'RUN in exec form has no shell',
    text: 'RUN ["sh","-c","echo $0-$HOME > /o"]',
    run: ['cat /o', 'sh-/root'],
  },
  {
    name: 'RUN continues over lines and comments',
    text: 'RUN echo a \\\n# no\n  b > /o',
    run: ['cat /o', 'a b'],
  },
  { name: 'RUN in a here-document', text: 'RUN <<E\necho a > /o\necho b >> /o\nE', run: ['cat /o', 'a\nb'] },
  { name: 'RUN of a script with an interpreter', text: 'RUN <<E\n#!/bin/cat\nnot run\nE', run: ['echo', ''] },
  {
    name: 'RUN gives a here-document to a command',
    text: 'RUN cat <<"E" > /o\n$HOME\nE',
    run: ['cat /o', '$HOME'],
  },
  {
    name: 'SHELL changes the shell form',
    text: 'SHELL ["/bin/sh","-e","-c"]\nRUN echo $- > /o',
    run: ['cat /o', 'ce'],
  },
  { name: 'RUN without a network', text: 'RUN --network=none ls /sys/class/net > /o', run: ['cat /o', 'lo'] },
  {
    name: 'RUN as a user, with a home',
    text: 'USER ada\nWORKDIR /w\nRUN id -un > o',
    config: [config('User'), '"ada"'],
    run: ['cat o', 'ada'],
  },
  {
    name: 'RUN removes what is below',
    text: 'RUN rm /etc/group && mkdir /etc/group',
    run: ['stat -c %F /etc/group', 'directory'],
  },
  { name: 'RUN keeps hard links', text: 'RUN echo x > /a && ln /a /b', run: ['stat -c %h /b', '2'] },
  {
    name: 'RUN keeps rights and owners',
    text: 'RUN touch /a && chown 3:4 /a && chmod 4711 /a',
    run: ['stat -c "%a %u:%g" /a', '4711 3:4'],
  },
  {
    name: 'RUN sees ARG but the image does not',
    text: 'ARG X=arg\nRUN echo $X > /o',
    run: ['cat /o; echo "<$X>"', 'arg\n<>'],
  },
  {
    name: 'a failing RUN',
    text: 'RUN exit 7',
    refused: /The command '\/bin\/sh -c exit 7' returned a non-zero code: 7/,
  },
  { name: 'a RUN that is not there', text: 'RUN ["/absent"]', refused: /absent/ },
];

const mounts: readonly Case[] = [
  {
    name: 'a cache mount of a stage',
    text: 'RUN --mount=type=cache,target=/c,mode=0700,uid=9 stat -c "%a %u" /c > /o',
    run: ['cat /o; ls -d /c 2>&1 | wc -l', '700 9\n1'],
  },
  {
    name: 'a bind of one file',
    text: 'RUN --mount=source=a.txt,target=/m cat /m > /o',
    run: ['cat /o', 'A'],
  },
  {
    name: 'a bind cannot be written',
    text: 'RUN --mount=target=/m touch /m/x',
    refused: /returned a non-zero code: 1/,
  },
  {
    name: 'what is written to a bind is thrown away',
    text: 'RUN --mount=target=/m,rw touch /m/x && ls /m/x > /o',
    run: ['cat /o; ls /m 2>/dev/null | wc -l', '/m/x\n0'],
  },
  {
    name: 'a bind from another stage',
    text: 'FROM base:1 AS s\nRUN echo S > /s\nFROM base:1\nRUN --mount=from=s,target=/m cat /m/s > /o',
    run: ['cat /o', 'S'],
  },
  {
    name: 'a tmpfs with a size',
    text: 'RUN --mount=type=tmpfs,target=/t,size=1m df -k /t | tail -1 | tr -s " " | cut -d" " -f2 > /o',
    run: ['cat /o', '1024'],
  },
  {
    name: 'a secret that nobody has',
    text: 'RUN --mount=type=secret,id=k test ! -e /run/secrets/k && echo none > /o',
    run: ['cat /o', 'none'],
  },
  {
    name: 'a secret that is required',
    text: 'RUN --mount=type=secret,id=k,required true',
    refused: /secret k: not found/,
  },
  {
    name: 'an unknown type of mount',
    text: 'RUN --mount=type=bnd,target=/x true',
    refused: /unsupported mount type|invalid mount type|bnd/,
  },
];

const copies: readonly Case[] = [
  {
    name: 'COPY to a new name, owned by root',
    text: 'COPY a.txt /x',
    run: ['stat -c "%a %u:%g" /x', '640 0:0'],
  },
  {
    name: 'COPY into a directory by its slash',
    text: 'COPY a.txt b.txt /d/',
    run: ['cat /d/a.txt /d/b.txt', 'AB'],
  },
  {
    name: 'COPY of a directory is of what is in it',
    text: 'COPY sub /d',
    run: ['ls /d; stat -c %a /d', 'deep\none.c\ntwo.o\n750'],
  },
  { name: 'COPY relative to WORKDIR', text: 'WORKDIR /w\nCOPY a.txt ./', run: ['cat /w/a.txt', 'A'] },
  { name: 'COPY with wildcards', text: 'COPY *.txt /d/', run: ['ls /d', 'a.txt\nb.txt\nodd [x].txt'] },
  { name: 'COPY with a class', text: 'COPY [ab].txt /d/', run: ['ls /d', 'a.txt\nb.txt'] },
  {
    name: 'COPY of a name with wildcards in it',
    text: 'COPY ["odd [[]x].txt", "/d/"]',
    run: ['ls /d', 'odd [x].txt'],
  },
  {
    name: 'COPY that matches nothing',
    text: 'COPY *.absent /d/',
    run: ['ls -d /d 2>/dev/null | wc -l', '0'],
  },
  {
    name: 'COPY with an owner by name',
    text: 'COPY --chown=ada:wheel a.txt /x',
    run: ['stat -c %u:%g /x', '1000:10'],
  },
  {
    name: 'COPY with an owner that is not there',
    text: 'COPY --chown=nobodyhere a.txt /x',
    refused: /nobodyhere/,
  },
  {
    name: 'COPY with octal rights',
    text: 'COPY --chmod=0751 sub /d',
    run: ['stat -c %a /d /d/one.c', '751\n751'],
  },
  {
    name: 'COPY with symbolic rights',
    text: 'COPY --chmod=u=rwX,go=rX sub /d',
    run: ['stat -c %a /d /d/one.c', '755\n644'],
  },
  { name: 'COPY with excludes', text: 'COPY --exclude=*.o --exclude=deep sub /d', run: ['ls /d', 'one.c'] },
  {
    name: 'COPY with parents',
    text: 'COPY --parents sub/deep/three.c a.txt /d/',
    run: ['cd /d; find . -type f | sort', './a.txt\n./sub/deep/three.c'],
  },
  {
    name: 'COPY with parents from a pivot',
    text: 'COPY --parents sub/./**/*.c /d/',
    run: ['cd /d; find . -type f | sort', './deep/three.c\n./one.c'],
  },
  {
    name: 'COPY of a link takes what it leads to',
    text: 'COPY link /x',
    run: ['stat -c %F /x; cat /x', 'regular file\n1'],
  },
  {
    name: 'COPY of a link in a directory stays a link',
    text: 'COPY . /d',
    run: ['readlink /d/link', 'sub/one.c'],
  },
  { name: 'COPY through a link to a directory', text: 'COPY dirlink/one.c /x', run: ['cat /x', '1'] },
  {
    name: 'COPY follows links of the root',
    text: 'RUN mkdir /real && ln -s real /ln\nCOPY a.txt /ln/',
    run: ['cat /real/a.txt', 'A'],
  },
  { name: 'COPY --link of a layer of its own', text: 'COPY --link a.txt /l/x', run: ['cat /l/x', 'A'] },
  {
    name: 'COPY of a here-document',
    text: 'ENV V=v\nCOPY <<E /x\n$V "q"\nE',
    run: ['cat /x; stat -c %a /x', 'v "q"\n644'],
  },
  {
    name: 'COPY of two here-documents',
    text: 'COPY <<one <<two /d/\n1\none\n2\ntwo',
    run: ['cat /d/one /d/two', '1\n2'],
  },
  { name: 'COPY out of the context', text: 'COPY ../../../etc/passwd /x', refused: /not found/ },
  {
    name: 'COPY of several files to a file',
    text: 'COPY a.txt b.txt /x',
    refused: /the destination must be a directory and end with a \//,
  },
  {
    name: 'COPY of a file over a directory',
    text: 'RUN mkdir /x\nCOPY --from=base:1 /bin/busybox /x',
    run: ['test -f /x/busybox && echo yes', 'yes'],
  },
  {
    name: 'COPY from a stage by its number',
    text: 'FROM base:1\nRUN echo n > /n\nFROM base:1\nCOPY --from=0 /n /n',
    run: ['cat /n', 'n'],
  },
  { name: 'COPY from a stage that is not there', text: 'COPY --from=9 /n /n', refused: /./ },
  {
    name: 'COPY in a circle',
    text: 'FROM base:1 AS x\nCOPY --from=y /a /a\nFROM base:1 AS y\nCOPY --from=x /a /a',
    refused: /circular dependency/,
  },
  {
    name: 'ADD unpacks an archive of the context',
    text: 'ADD inner.tar /d/',
    run: ['cat /d/unpacked/f; stat -c %u:%g /d/unpacked/f', 'U5:6'],
  },
  { name: 'ADD that does not unpack', text: 'ADD --unpack=false inner.tar /d/', run: ['ls /d', 'inner.tar'] },
  { name: 'WORKDIR belongs to the user', text: 'USER ada\nWORKDIR /w/x', run: ['stat -c %U /w/x', 'ada'] },
];

const configurations: readonly Case[] = [
  { name: 'ENV replaces from before its line', text: 'ENV A=1\nENV A=2 B=$A', run: ['echo $A$B', '21'] },
  { name: 'ENV with a value of blanks', text: 'ENV A a  b', run: ['echo "$A"', 'a  b'] },
  {
    name: 'expansions with defaults',
    text: `ENV A=\${X:-d} B=\${PATH:+set} C=\${X-e}f`,
    run: ['echo $A $B $C', 'd set ef'],
  },
  {
    name: 'expansions of patterns',
    text: `ENV F=a.tar.gz\nENV A=\${F%.*} B=\${F%%.*} C=\${F#*.} D=\${F/a/b}`,
    run: ['echo $A $B $C $D', 'a.tar a tar.gz b.tar.gz'],
  },
  {
    name: 'an expansion that must have a value',
    text: `ENV A="\${X:?is missing}"`,
    refused: /X: is missing/,
  },
  { name: 'a dollar that is escaped', text: 'ENV A=\\$HOME', config: ['{{index .Config.Env 1}}', 'A=$HOME'] },
  {
    name: 'LABEL of several forms',
    text: 'LABEL a="1 2" b=3\nLABEL c d',
    config: [config('Labels'), '{"a":"1 2","b":"3","c":"d"}'],
  },
  {
    name: 'labels of the command line',
    text: 'LABEL a=1',
    flags: ['--label', 'a=2'],
    config: [config('Labels'), '{"a":"2"}'],
  },
  {
    name: 'EXPOSE of ranges',
    text: 'EXPOSE 80-81 53/UDP',
    config: [config('ExposedPorts'), '{"53/udp":{},"80/tcp":{},"81/tcp":{}}'],
  },
  {
    name: 'VOLUME of both forms',
    text: 'VOLUME ["/a b"]\nVOLUME /c /d',
    config: [config('Volumes'), '{"/a b":{},"/c":{},"/d":{}}'],
  },
  {
    name: 'ENTRYPOINT drops the command of the base',
    text: 'FROM base:1 AS x\nCMD ["a"]\nFROM x\nENTRYPOINT ["b"]',
    config: [`${config('Entrypoint')}${config('Cmd')}`, '["b"]null'],
  },
  {
    name: 'HEALTHCHECK',
    text: 'HEALTHCHECK --interval=5s --retries=2 CMD true',
    config: [config('Healthcheck'), '{"Test":["CMD-SHELL","true"],"Interval":5000000000,"Retries":2}'],
  },
  { name: 'STOPSIGNAL by name', text: 'STOPSIGNAL SIGUSR1', config: [config('StopSignal'), '"SIGUSR1"'] },
  { name: 'STOPSIGNAL that is none', text: 'STOPSIGNAL SIGNONE', refused: /invalid signal: SIGNONE/ },
  { name: 'MAINTAINER', text: 'MAINTAINER me <m@x>', config: ['{{.Author}}', 'me <m@x>'] },
  {
    name: 'an ARG before FROM',
    text: `ARG B=base\nFROM \${B}:1\nRUN echo "<$B>" > /o`,
    run: ['cat /o', '<>'],
  },
  {
    name: 'an ARG of the command line',
    text: 'ARG X=1\nRUN echo $X > /o',
    flags: ['--build-arg', 'X=2'],
    run: ['cat /o', '2'],
  },
  { name: 'ENV comes over ARG', text: 'ENV X=env\nARG X=arg\nRUN echo $X > /o', run: ['cat /o', 'env'] },
  {
    name: 'ARGs of the platform',
    text: `ARG TARGETOS\nARG BUILDPLATFORM\nRUN echo $TARGETOS \${BUILDPLATFORM%%/*} > /o`,
    run: ['cat /o', 'linux linux'],
  },
  {
    name: 'a target',
    text: 'FROM base:1 AS x\nENV A=x\nFROM base:1\nRUN false',
    flags: ['--target', 'x'],
    run: ['echo $A', 'x'],
  },
  {
    name: 'a target that is not there',
    text: 'FROM base:1 AS build',
    flags: ['--target', 'biuld'],
    refused: /target stage "biuld" could not be found \(did you mean build\?\)/,
  },
  {
    name: 'a backtick as escape',
    text: '# escape=`\nFROM base:1\nRUN echo a `\n b\\c > /o',
    run: ['cat /o', 'a bc'],
  },
  {
    name: 'carriage returns',
    text: 'FROM base:1\r\nENV A=1\r\nRUN echo x > /o\r\n',
    run: ['cat /o; echo $A', 'x\n1'],
  },
  { name: 'nothing but comments', text: '# nothing\n', refused: /file with no instructions/ },
  {
    name: 'a flag that is not there',
    text: 'COPY --form=x a b',
    refused: /unknown flag: --form \(did you mean from\?\)/,
  },
];

describe('Dockerfiles', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const groups = { commands, mounts, copies, configurations };

  before(() => assert.ok(Object.values(groups).flat().length >= 60));

  for (const [group, cases] of Object.entries(groups)) {
    describe(group, { concurrency: 2 }, () => {
      for (const wanted of cases) test(wanted.name, () => check(wanted));
    });
  }

  async function check({ text, flags = [], run, config, refused }: Case): Promise<void> {
    const dockerfile = /^(?:# |ARG [A-Z]=base|FROM)/.test(text) ? text : `FROM base:1\n${text}`;
    const input = makeTar([{ path: 'Dockerfile', content: dockerfile }, ...context]);
    const { code, stdout, stderr } = await suite.docker(['build', '-q', ...flags, '-'], {
      input,
      env: { DOCKER_BUILDKIT: '0' },
    });
    if (refused !== undefined) {
      assert.notEqual(code, 0);
      assert.match(stderr, refused);
      return;
    }
    assert.equal(code, 0, stderr);
    const image = stdout.trim();
    if (config !== undefined)
      assert.equal(await suite.ok(['image', 'inspect', '-f', config[0], image]), config[1]);
    if (run !== undefined)
      assert.equal(await suite.ok(['run', '--rm', '--network=none', image, 'sh', '-c', run[0]]), run[1]);
  }
});
