import type { AuthResponse } from '#api';
import type { Caller } from '../caller/index.ts';
import { atMost, defineCommand } from '../command.ts';
import { updateCredentials } from '../config-file.ts';
import { bool, text } from '../flags/index.ts';
import { serverKey } from '../registry-auth.ts';
import { readStdin } from '../stream/stdin.ts';
import { openRawTerminal } from '../stream/terminal.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [SERVER]'],
  description: 'Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.',
  operands: atMost(1),
  flags: {
    password: text('Password or Personal Access Token (PAT)', { short: 'p' }),
    'password-stdin': bool('Take the Password or Personal Access Token (PAT) from stdin'),
    username: text('Username', { short: 'u' }),
  },
  async run({ caller, client, options }, { values, given, operands: [server] }) {
    if (values['password-stdin'] && given.has('password')) {
      throw new Error('conflicting options: cannot specify both --password and --password-stdin');
    }
    if (values['password-stdin'] && values.username === '')
      throw new Error('the --password-stdin option requires --username to be set');
    if (given.has('password')) {
      caller.writeError('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
    }
    const key = serverKey(server);
    const username = values.username || (await ask(caller, 'Username: ', true));
    const password = values['password-stdin']
      ? await readPassword()
      : values.password || (await ask(caller, 'Password: ', false));
    const json = { username, password, serveraddress: key };
    const answer = await client.json<AuthResponse>({ method: 'POST', path: '/auth', json });
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const token = answer.IdentityToken ? { identitytoken: answer.IdentityToken } : {};
    updateCredentials(options.configDirectory, (auths) => {
      auths[key] = { auth, ...token };
    });
    if (answer.Status) caller.writeOut(`${answer.Status}\n`);
  },
});

async function readPassword(): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of readStdin()) parts.push(Buffer.from(part));
  return Buffer.concat(parts)
    .toString()
    .replace(/\r?\n$/, '');
}

const enter = 13;
const lineFeed = 10;
const interrupt = 3;
const backspaces = [8, 127];

/** Asks on the terminal; what is typed is shown only when `shows`. */
async function ask(caller: Caller, question: string, shows: boolean): Promise<string> {
  if (!caller.isTerminal(0))
    throw new Error('Error: Cannot perform an interactive login from a non TTY device');
  caller.writeOut(question);
  const terminal = openRawTerminal(caller);
  let answer = '';
  try {
    for await (const chunk of terminal.input) {
      for (const byte of chunk) {
        if (byte === enter || byte === lineFeed) return answer;
        if (byte === interrupt) throw new Error('');
        if (backspaces.includes(byte)) answer = answer.slice(0, -1);
        else answer += String.fromCharCode(byte);
        if (shows && byte >= 32 && byte !== 127) caller.writeOut(Uint8Array.of(byte));
      }
    }
    return answer;
  } finally {
    terminal.restore();
    caller.writeOut('\n');
  }
}
