import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../../src/cli/testing/fake-daemon.ts';
import { parityScript } from '../../src/cli/testing/parity-script.ts';
import { dockerProgram, type Output, repository, runProgram } from '../testing/programs.ts';

/** Command lines whose output, errors and exit code must be the stock client's, to the byte. */
const lines = `
ps
ps -a --no-trunc
ps -q
ps -s
ps -l
ps --format json
ps --format '{{.ID}} {{.Names}} {{.Label "a"}} {{.Mounts}} {{.LocalVolumes}} {{.Networks}} {{.CreatedAt}}'
ps --format 'table {{.ID}}\\t{{.Label "a.b-c"}}\\t{{.Size}}'
ps --format '{{.Foo}}'
ps --format '{{'
ps --foo
ps -n x
ps x
container ls
container foo
foo
stop
rename a
images
images -q --no-trunc
images --digests
images --format json
history web
history --no-trunc --human=false web
inspect web
inspect --type foo web
inspect -f '{{.State.Pid}} {{.Name}}' web
inspect -f '{{json .State}}' web
inspect -f '{{.Foo.Bar}}' web
inspect -f '{{range $p, $c := .NetworkSettings.Ports}}{{$p}}={{if $c}}{{(index $c 0).HostPort}}{{end}} {{end}}' web
inspect -f '{{index .Config.Labels "x"}}{{index .Config.Labels "none"}}' web
logs web
logs --since foo web
exec web ls
exec -e A=b -w /x -u root web env
attach web
stop web nope b
restart -t 3 web
kill -s HUP web
pause web
wait web
rm -f web nope
rm nope
top web
port web
port web 80
diff web
rmi web
rmi nope
pull web
pull -q web
pull bad
pull denied
create web
run -d web
run web
run --rm web
run -d --rm --restart always web
run conflict
network ls
network ls --no-trunc
network create --subnet 10.0.0.0/24 --gateway 10.0.0.1 n
network rm nope
volume ls
volume create v
volume rm nope
events
stats --no-stream
container prune -f
cp a b
cp a:b c:d
-H foo://x ps
`
  .trim()
  .split('\n');

const helpLines = `
container
network
ps
run
exec
logs
cp
pull
stop
inspect
network create
volume create
container prune
`
  .trim()
  .split('\n')
  .map((line) => `${line} --help`);

/** What our client does not have, or has and the stock one hides, in the help of `run`. */
const knownDifferences = /^ {6}--use-api-socket .*\n {41}required auth\n/m;

describe('wharf beside the stock client', () => {
  let folder: string;
  let daemon: FakeDaemon;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-parity-'));
    daemon = await startFakeDaemon(join(folder, 'sock'), parityScript);
    symlinkSync(`${repository}bin/wharf`, join(folder, 'docker'));
    environment = { DOCKER_HOST: daemon.host, DOCKER_CONFIG: folder, TZ: 'UTC' };
  });
  after(async () => {
    await daemon.close();
    rmSync(folder, { recursive: true });
  });

  for (const line of [...lines, ...helpLines]) {
    test(`says the same to: ${line}`, async () => {
      const run = (program: string) => runProgram(program, words(line), { env: environment, input: 'n\n' });
      const [stock, ours] = await Promise.all([run(dockerProgram), run(join(folder, 'docker'))]);
      assert.deepEqual(ours, comparable(stock));
    });
  }
});

/** Warnings that the stock client logs of itself are not part of its answer. */
function comparable(output: Output): Output {
  return { ...output, stdout: output.stdout.replace(knownDifferences, '') };
}

/** Splits a line at spaces; single quotes hold together. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'));
}
