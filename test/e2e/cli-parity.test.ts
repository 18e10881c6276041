import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type FakeDaemon, type SeenRequest, startFakeDaemon } from '../../src/cli/testing/fake-daemon.ts';
import { parityScript } from '../../src/cli/testing/parity-script.ts';
import { dockerProgram, type Output, repository, runProgram } from '../testing/programs.ts';
import { openTerminal } from '../testing/terminal.ts';
import { endWarmClients } from '../testing/warm-clients.ts';

/** Command lines whose output, errors, exit code and effect must be the stock client's, to the byte. */
const lineFolder = new URL('./cli-lines/', import.meta.url);

/** What command lines name as `files/…`. */
const files: Readonly<Record<string, string>> = {
  env: 'A=1\n#c\n\nHOME\nNOPE_X\n  B=2 3\n',
  labels: 'l1=x\nl2\n',
  badenv: 'A B=1\n',
  badenv2: '=1\n',
};

/** The user's settings, for the command lines of `settings.txt`. */
const settings = {
  psFormat: 'table {{.ID}}\\t{{.Names}}',
  imagesFormat: '{{.ID}} {{.Size}}',
  statsFormat: '{{.Name}} {{.PIDs}}',
  networksFormat: '{{.Name}}',
  volumesFormat: '{{.Name}}',
  detachKeys: 'ctrl-x,x',
  HttpHeaders: { 'X-Own': 'mine' },
  pruneFilters: ['label!=keep', 'label=gone', 'until=1h'],
  proxies: { default: { httpProxy: 'http://proxy:1', noProxy: 'a,b' } },
  auths: {
    'https://index.docker.io/v1/': { auth: Buffer.from('bob:x').toString('base64') },
    'registry.test:5000': { auth: Buffer.from('ada:secret:word').toString('base64') },
  },
};

/** And those of `credentials.txt`: a helper program keeps what registries know the user by. */
const helped = {
  credHelpers: {
    ...{ 'ada.test': 'wharf-test', 'token.test': 'wharf-test', 'none.test': 'wharf-test' },
    ...{ 'broken.test': 'wharf-test', 'absent.test': 'wharf-absent' },
  },
  auths: {
    'plain.test': { auth: Buffer.from('ada:plain').toString('base64') },
    'expired.test': { auth: Buffer.from('ada:wrong').toString('base64') },
  },
};

/** A program as Docker's credential helpers are, which forgets what it is given. */
const helper = `#!/bin/sh
read -r request
case "$1 $request" in
  *broken*) echo boom; exit 3 ;;
  "get none"*) echo 'credentials not found in native keychain'; exit 1 ;;
  "get token"*) echo '{"ServerURL":"x","Username":"<token>","Secret":"lasting"}' ;;
  get*) echo '{"ServerURL":"x","Username":"ada","Secret":"pass:word"}' ;;
esac
`;

const settingsOf: Readonly<Record<string, object>> = { 'settings.txt': settings, 'credentials.txt': helped };

/** One of the two clients, and a daemon of its own that keeps what it was asked. */
interface Party {
  readonly program: string;
  readonly folder: string;
  readonly daemon: FakeDaemon;
}

describe('wharf beside the stock client', () => {
  let folder: string;
  let stock: Party;
  let ours: Party;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-parity-'));
    mkdirSync(join(folder, 'files'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'files', name), content);
    symlinkSync(`${repository}bin/wharf`, join(folder, 'docker'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'docker-credential-wharf-test'), helper, { mode: 0o755 });
    const party = async (name: string, program: string): Promise<Party> => {
      for (const [kind, content] of Object.entries(settingsOf)) {
        mkdirSync(join(folder, name, kind), { recursive: true });
        writeFileSync(join(folder, name, kind, 'config.json'), JSON.stringify(content));
      }
      return {
        program,
        folder: join(folder, name),
        daemon: await startFakeDaemon(join(folder, name, 'sock'), parityScript),
      };
    };
    stock = await party('they', dockerProgram);
    ours = await party('ours', join(folder, 'docker'));
  });
  after(async () => {
    await endWarmClients(folder);
    await stock.daemon.close();
    await ours.daemon.close();
    rmSync(folder, { recursive: true });
  });

  const call = async (
    { program, folder: home, daemon }: Party,
    kind: string,
    line: string,
  ): Promise<Output> => {
    const config = join(home, kind in settingsOf ? kind : 'plain');
    daemon.seen.length = 0;
    // Ours stays warm: whoever runs a command line, its own process or one that serves many, the answer is the same.
    const stay = { XDG_RUNTIME_DIR: folder, WHARF_WARM: '30' };
    const path = { PATH: `${folder}/bin:${process.env.PATH}` };
    const env = { DOCKER_HOST: daemon.host, DOCKER_CONFIG: config, TZ: 'UTC', ...stay, ...path };
    const all = words(line.replace(/\bfiles\b/g, `${folder}/files`).replaceAll('PARTY', basename(home)));
    const count = all.findIndex((word) => !isVariable.test(word));
    const variables = count < 0 ? [] : all.slice(0, count);
    const own = Object.fromEntries(variables.map((variable) => variable.split(/=(.*)/s)));
    const args = all.slice(variables.length);
    const output = await runProgram(program, args, { env: { ...env, ...own }, input: 'n\n' });
    const neutral = (text: string) =>
      // One table's head is painted by the stock client also where no terminal is.
      stripVTControlCharacters(text)
        .replaceAll(daemon.host, 'unix:///sock')
        .replaceAll(config, 'CONFIG')
        .replaceAll(`.${basename(home)}`, '.PARTY');
    return { code: output.code, stdout: neutral(output.stdout), stderr: neutral(output.stderr) };
  };

  for (const line of [
    'pull web',
    'pull bad',
    'push web',
    'push multi --platform linux/arm64',
    'load -i files/env',
  ]) {
    test(`shows the same on a terminal: ${line}`, async () => {
      const [theirs, own] = await Promise.all(
        [stock, ours].map(async ({ program, daemon }) => {
          const env = { DOCKER_HOST: daemon.host, DOCKER_CONFIG: join(folder, 'plain'), WHARF_WARM: '0' };
          const words = line.replace('files', `${folder}/files`).split(' ');
          const terminal = openTerminal([program, ...words], env);
          return { code: await terminal.ended, shown: terminal.shown().replace(paint, '') };
        }),
      );
      assert.deepEqual(own, theirs);
    });
  }

  for (const file of readdirSync(lineFolder)) {
    const lines = readFileSync(new URL(file, lineFolder), 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      test(`says and does the same to: ${line}`, async () => {
        const [theirs, own] = await Promise.all([call(stock, file, line), call(ours, file, line)]);
        assert.deepEqual(own, theirs);
        assert.deepEqual(effects(ours.daemon), effects(stock.daemon));
      });
    }
  }
});

/** Colours, and nothing that moves the cursor. */
const paint = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Streams and waits are asked for at other moments, and what only looks is asked for less often. */
const passive = /^(GET|HEAD) |\/(attach|wait|resize)$/;

/** What a client asked to be changed, in an order of its own. */
function effects({ seen }: FakeDaemon): string[] {
  return seen
    .filter(({ method, path }) => !passive.test(`${method} ${path}`))
    .map(({ method, path, query, body, headers }) => {
      const user = credentials(headers['x-registry-auth']);
      return [method, path, JSON.stringify(filled(query)), headers['x-own'], user, sorted(body)].join(' ');
    })
    .sort();
}

/** Who the user is for a registry; nobody in particular is as good as nobody. */
function credentials(header: string | string[] | undefined): string {
  const said = JSON.parse(Buffer.from(String(header ?? 'e30='), 'base64url').toString()) as Record<
    string,
    string
  >;
  const { username = '', password = '', identitytoken = '', serveraddress = '' } = said;
  return username + identitytoken === '' ? '' : [username, password, identitytoken, serveraddress].join(' ');
}

/** A parameter without value is one that is not there. */
function filled(query: SeenRequest['query']): [string, string][] {
  return Object.entries(query)
    .filter(([, value]) => value !== '')
    .sort();
}

/** Of an exec: what the stock client says although nobody reads it, and what only ours says. */
const ownFields = new Set(['Detach', 'KillOnDisconnect']);

/** A body with its fields in order, without empty ones, and nothing for an empty one; variables too: the stock client keeps those in a map. */
function sorted(body: string): string {
  if (body.trim() === '{}') return '';
  try {
    return JSON.stringify(JSON.parse(body), (name, value) => {
      if (value === '' || value === null || ownFields.has(name)) return undefined;
      if (name === 'Env' && Array.isArray(value)) return value.sort();
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isObject
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    });
  } catch {
    return body;
  }
}

/** A line may begin with variables, as in a shell. */
const isVariable = /^[A-Z_]+=/;

/** Splits a line at spaces; single quotes hold together. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'));
}
