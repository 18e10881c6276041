import { ApiError } from '#client';
import type { Caller } from '../caller/index.ts';
import { atMost, defineCommand } from '../command.ts';
import { type Credentials, findCredentials, serverKey } from '../credentials/index.ts';
import { failureText } from '../failure.ts';
import { bool, text } from '../flags/index.ts';
import { note } from '../note.ts';
import { askHidden, readLine } from '../prompt.ts';
import type { Session } from '../session.ts';
import { readStdin } from '../stream/stdin.ts';
import { prove } from './prove.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [SERVER]'],
  description: 'Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.',
  operands: atMost(1),
  flags: {
    password: text('Password or Personal Access Token (PAT)', { short: 'p' }),
    'password-stdin': bool('Take the Password or Personal Access Token (PAT) from stdin'),
    username: text('Username', { short: 'u' }),
  },
  async run(session, { values, given, operands: [operand] }) {
    const { username, 'password-stdin': fromStdin } = values;
    if (fromStdin && given.has('password')) {
      throw new Error('conflicting options: cannot specify both --password and --password-stdin');
    }
    if (fromStdin && username === '')
      throw new Error('the --password-stdin option requires --username to be set');
    if (values.password !== '') {
      session.caller.writeError('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
    }
    const password = fromStdin ? await readPassword() : values.password;
    const server = serverKey(operand);
    const status = await logIn(session, server, { username, password, identityToken: '' });
    if (status !== '') session.caller.writeOut(`${status}\n`);
  },
});

async function readPassword(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of readStdin()) parts.push(Buffer.from(part));
  return Buffer.concat(parts)
    .toString()
    .replace(/\r?\n$/, '');
}

/** Tries what is kept already when the user has said nothing, else what he said or says when asked. */
async function logIn(session: Session, server: string, said: Credentials): Promise<string> {
  const saysNothing = said.username === '' && said.password === '';
  const stored = saysNothing ? await findCredentials(session, server) : undefined;
  if (stored !== undefined && stored.username !== '' && stored.password !== '') {
    const status = await logInAgain(session, server, stored);
    if (status !== undefined) return status;
  }
  const credentials = await complete(session.caller, said, stored?.username ?? '');
  return prove(session, server, credentials);
}

/** @returns undefined when the registry does not take the credentials any more */
async function logInAgain(
  session: Session,
  server: string,
  stored: Credentials,
): Promise<string | undefined> {
  const { caller } = session;
  caller.writeError(`Authenticating with existing credentials... [Username: ${stored.username}]\n`);
  const { program } = caller;
  const advice = `To login with a different account, run '${program} logout' followed by '${program} login'`;
  caller.writeError(`${note(caller, 2, [advice])}\n\n`);
  try {
    return await prove(session, server, stored);
  } catch (error) {
    const isRefused = error instanceof ApiError && error.status === 401;
    const reason = isRefused
      ? 'Stored credentials invalid or expired'
      : `Login did not succeed, error: ${failureText(error)}`;
    caller.writeError(`${reason}\n`);
    return undefined;
  }
}

/** Asks for what is missing. @throws Error without a terminal */
async function complete(caller: Caller, said: Credentials, usualName: string): Promise<Credentials> {
  if (said.username !== '' && said.password !== '') return said;
  if (!caller.isTerminal(0)) {
    throw new Error('Error: Cannot perform an interactive login from a non TTY device');
  }
  const username = said.username || (await askName(caller, usualName));
  if (username === '') throw new Error('error: username is required');
  const password = said.password || (await askHidden(caller, 'Password: '));
  if (password === '') throw new Error('error: password is required');
  return { ...said, username, password };
}

async function askName(caller: Caller, usual: string): Promise<string> {
  caller.writeOut(usual === '' ? 'Username: ' : `Username (${usual}): `);
  return (await readLine()).trim() || usual;
}
