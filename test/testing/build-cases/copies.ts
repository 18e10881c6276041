import type { BuildCase } from './case.ts';

export const copies: readonly BuildCase[] = [
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
    run: ['ls /d; stat -c %a /d /d/deep', 'deep\none.c\ntwo.o\n755\n755'],
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
  {
    name: 'COPY from a stage that is not there',
    text: 'COPY --from=9 /n /n',
    refused: /invalid stage index 9/,
  },
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
  {
    name: 'COPY of a link into a directory keeps its name',
    text: 'COPY link /d/\nCOPY lin* /e/',
    run: ['ls /d /e', '/d:\nlink\n\n/e:\nlink'],
  },
  {
    name: 'COPY over a link of the root, and below one',
    text: 'RUN mkdir /d /e && ln -s /e/x /d/a.txt && ln -s /e/y /f\nCOPY . /d\nCOPY b.txt /f',
    run: ['stat -c %F /d/a.txt /f; cat /e/y', 'regular file\nsymbolic link\nB'],
  },
  {
    name: 'ADD of an archive with an owner and rights',
    text: 'ADD --chown=3:4 --chmod=700 inner.tar /d/e/',
    run: ['stat -c "%a %u:%g" /d/e /d/e/unpacked /d/e/unpacked/f', '755 3:4\n755 0:0\n644 3:4'],
  },
  {
    name: 'COPY --link over a directory of the root',
    text: 'RUN mkdir -m 700 /d && chown 5:6 /d && ln -s d /l\nCOPY --link a.txt /d/x\nCOPY --link b.txt /l/y',
    run: ['stat -c %F /l; cat /d/x /l/y', 'directory\nAB'],
  },
  {
    name: 'COPY --chown makes directories for the owner',
    text: 'COPY --chown=3:4 a.txt /p/q/x\nCOPY --chown=5 sub /r/s/',
    run: ['stat -c %u:%g /p /p/q /p/q/x /r/s /r/s/one.c', '3:4\n3:4\n3:4\n5:5\n5:5'],
  },
  {
    name: 'COPY from a stage keeps owners, rights and hard links',
    text: 'FROM base:1 AS s\nRUN mkdir -m 2770 /s && echo x >/s/a && ln /s/a /s/b && chown -R 3:4 /s && chmod 4711 /s/a\nFROM base:1\nCOPY --from=s /s /t\nCOPY --from=s /s/a /u',
    run: ['stat -c "%a %u:%g" /t/a /t/b /u', '4711 3:4\n4711 3:4\n4711 3:4'],
  },
  {
    name: 'ONBUILD in two steps',
    text: 'FROM base:1 AS s\nONBUILD COPY a.txt /o/\nONBUILD RUN echo b >/o/b\nFROM s\nRUN ls /o >/l',
    run: ['cat /l', 'a.txt\nb'],
  },
  {
    name: 'FROM scratch',
    text: 'FROM scratch\nCOPY a.txt /x/\nWORKDIR /w/v\nENV A=1',
    config: ['{{json .Config.WorkingDir}}', '"/w/v"'],
  },
];
