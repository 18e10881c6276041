import { type BuildCase, config } from './case.ts';

export const configurations: readonly BuildCase[] = [
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
  {
    name: 'the later of ENV and ARG counts',
    text: 'ENV X=env\nARG X=arg\nARG Y=arg\nENV Y=env\nENV Z=$X$Y\nRUN echo $X $Y $Z > /o',
    run: ['cat /o', 'arg env argenv'],
  },
  {
    name: 'CMD in both forms',
    text: 'CMD ["a"]\nCMD b',
    config: [config('Cmd'), '["/bin/sh","-c","b"]'],
  },
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
