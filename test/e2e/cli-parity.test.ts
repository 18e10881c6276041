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
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FakeDaemon, type SeenRequest, startFakeDaemon } from '../../src/cli/testing/fake-daemon.ts';
import { parityScript } from '../../src/cli/testing/parity-script.ts';
import { dockerProgram, type Output, repository, runProgram } from '../testing/programs.ts';

/** Command lines whose output, errors, exit code and effect must be the stock client's, to the byte. */
const lineFolder = new URL('./cli-lines/', import.meta.url);

/** What command lines name as `files/…`. */
const files: Readonly<Record<string, string>> = {
  env: 'A=1\n#c\n\nHOME\nNOPE_X\n  B=2 3\n',
  labels: 'l1=x\nl2\n',
  badenv: 'A B=1\n',
  badenv2: '=1\n',
};

/** One of the two clients, and a daemon of its own that keeps what it was asked. */
interface Party {
  readonly program: string;
  /** Its settings. */
  readonly config: string;
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
    const party = async (name: string, program: string): Promise<Party> => {
      mkdirSync(join(folder, name));
      const config = join(folder, name, 'config');
      return { program, config, daemon: await startFakeDaemon(join(folder, name, 'sock'), parityScript) };
    };
    stock = await party('they', dockerProgram);
    ours = await party('ours', join(folder, 'docker'));
  });
  after(async () => {
    await stock.daemon.close();
    await ours.daemon.close();
    rmSync(folder, { recursive: true });
  });

  const call = async ({ program, config, daemon }: Party, line: string): Promise<Output> => {
    daemon.seen.length = 0;
    const env = { DOCKER_HOST: daemon.host, DOCKER_CONFIG: config, TZ: 'UTC' };
    const args = words(line.replaceAll('files/', `${folder}/files/`));
    const output = await runProgram(program, args, { env, input: 'n\n' });
    const own = (text: string) => text.replaceAll(daemon.host, 'unix:///sock').replaceAll(config, 'CONFIG');
    return { code: output.code, stdout: own(output.stdout), stderr: own(output.stderr) };
  };

  for (const file of readdirSync(lineFolder)) {
    const lines = readFileSync(new URL(file, lineFolder), 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      test(`says and does the same to: ${line}`, async () => {
        const [theirs, own] = await Promise.all([call(stock, line), call(ours, line)]);
        assert.deepEqual(own, theirs);
        assert.deepEqual(effects(ours.daemon), effects(stock.daemon));
      });
    }
  }
});

/** Streams and waits are asked for at other moments, and what only looks is asked for less often. */
const passive = /^(GET|HEAD) |\/(attach|wait|resize)$/;

/** What a client asked to be changed, in an order of its own. */
function effects({ seen }: FakeDaemon): string[] {
  return seen
    .filter(({ method, path }) => !passive.test(`${method} ${path}`))
    .map(
      ({ method, path, query, body }) => `${method} ${path} ${JSON.stringify(filled(query))} ${sorted(body)}`,
    )
    .sort();
}

/** A parameter without value is one that is not there. */
function filled(query: SeenRequest['query']): [string, string][] {
  return Object.entries(query)
    .filter(([, value]) => value !== '')
    .sort();
}

/** Of an exec: what the stock client says although nobody reads it, and what only ours says. */
const ownFields = new Set(['Detach', 'KillOnDisconnect']);

/** A body with its fields in order, without empty ones; variables too: the stock client keeps those in a map. */
function sorted(body: string): string {
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

/** Splits a line at spaces; single quotes hold together. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'));
}
