import { type BuildCase, config } from './case.ts';

export const commands: readonly BuildCase[] = [
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

export const mounts: readonly BuildCase[] = [
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
  {
    name: 'mounts leave nothing behind, also where links lead',
    text: 'RUN mkdir -p /real /var && ln -s /real /ln\nRUN --mount=type=tmpfs,target=/ln/a/b --mount=target=/n/m true',
    run: ['find /real /n 2>/dev/null; true', '/real'],
  },
  {
    name: 'a bind whose name has wildcards in it',
    text: 'RUN --mount=source="odd [x].txt",target=/m cat /m >/o',
    run: ['cat /o', 'odd'],
  },
  { name: 'a bind of nothing', text: 'RUN --mount=source=*.absent,target=/m true', refused: /not found/ },
  {
    name: 'a bind of one file that is written to',
    text: 'RUN --mount=source=a.txt,target=/m,rw echo x >/m && cat /m >/o',
    run: ['cat /o', 'x'],
  },
  {
    name: 'a locked cache in two places',
    text: 'RUN --mount=type=cache,id=c,target=/c,sharing=locked --mount=type=cache,id=c,target=/d,sharing=locked echo x >/c/f && cat /d/f >/o',
    run: ['cat /o', 'x'],
  },
  {
    name: 'a mount with a key that all objects have',
    text: 'RUN --mount=constructor=1,target=/x true',
    refused: /unexpected key 'constructor'/,
  },
  {
    name: 'RUN with all rights',
    text: 'RUN --security=insecure true',
    refused: /security.insecure is not allowed/,
  },
  {
    name: 'RUN in the network of the host',
    text: 'RUN --network=host true',
    refused: /network.host is not allowed/,
  },
  {
    name: 'RUN has the same host name each time',
    text: 'RUN hostname >/o',
    run: ['cat /o', 'buildkitsandbox'],
  },
  {
    name: 'a command in an empty root leaves only what it wrote',
    text: 'FROM scratch AS s\nCOPY --from=base:1 /bin/busybox /busybox\nRUN ["/busybox","touch","/x"]\nFROM base:1\nCOPY --from=s / /out',
    run: ['ls -a /out', '.\n..\nbusybox\nx'],
  },
];
