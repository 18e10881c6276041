import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { ProgressMessage } from '#api';
import { type ApiResponse, readJsonLines } from '#client';
import { defineCommand, ExitError, exactly } from '../command.ts';
import { findCredentials } from '../credentials/index.ts';
import { showProgress } from '../progress.ts';
import type { Session } from '../session.ts';
import { readStdin } from '../stream/stdin.ts';
import { reviewDockerfile } from './check.ts';
import { packContext } from './context.ts';
import { readDockerfile } from './dockerfile.ts';
import { buildFlags, buildQuery } from './flags.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] PATH | URL | -'],
  operands: exactly(1),
  flags: buildFlags,
  async run(session, { values, operands: [place = ''] }) {
    const { caller, client } = session;
    if (values.check) {
      const review = reviewDockerfile(await readDockerfile(place, values.file, readInput));
      caller.writeOut(review.text);
      return review.exitCode;
    }
    const context = await openContext(place, values.file);
    const response = await client.send({
      method: 'POST',
      path: '/build',
      query: {
        ...buildQuery(values, caller.environment),
        dockerfile: 'remote' in context ? values.file || undefined : context.dockerfile,
        remote: 'remote' in context ? context.remote : undefined,
      },
      headers: { 'X-Registry-Config': await registryConfig(session) },
      ...('tar' in context && { body: context.tar, contentType: 'application/x-tar' }),
    });
    let id = '';
    await showProgress(caller, checked(response), {
      quiet: false,
      toStderr: false,
      onAux: (aux) => {
        id = idOf(aux) ?? id;
      },
    });
    if (values.iidfile !== '') writeFileSync(values.iidfile, id);
    return undefined;
  },
});

type Context =
  | { readonly tar: AsyncIterable<Uint8Array>; readonly dockerfile: string }
  | { readonly remote: string };

/** Standard input is an archive, a directory is packed, all else is an address that the daemon goes to. */
async function openContext(place: string, file: string): Promise<Context> {
  if (place === '-') {
    if (file === '-')
      throw new Error("invalid argument: can't use stdin for both build context and dockerfile");
    return { tar: readStdin(), dockerfile: file || 'Dockerfile' };
  }
  if (/^(?:https?|git|ssh):\/\/|^git@|^github\.com\//.test(place)) return { remote: place };
  const dockerfile = await readDockerfile(place, file, readInput);
  return { tar: packContext(place, dockerfile), dockerfile: dockerfile.sentAs };
}

const readInput = (): Promise<string> => readText(Readable.from(readStdin()));

/** The code of a command that failed is the client's own. */
async function* checked(response: ApiResponse): AsyncGenerator<ProgressMessage, void> {
  for await (const message of readJsonLines<ProgressMessage>(response.body)) {
    const { code, message: text } = message.errorDetail ?? {};
    if (code) throw new ExitError(code, text);
    yield message;
  }
}

function idOf(aux: unknown): string | undefined {
  if (typeof aux !== 'object' || aux === null || !('ID' in aux)) return undefined;
  return typeof aux.ID === 'string' ? aux.ID : undefined;
}

/** The credentials of all registries that the user has logged in to. */
async function registryConfig(session: Session): Promise<string> {
  const { auths = {}, credHelpers = {} } = session.config;
  const servers = [...new Set([...Object.keys(auths), ...Object.keys(credHelpers)])];
  const entries = await Promise.all(
    servers.map(async (server) => {
      const found = await findCredentials(session, server);
      if (found === undefined) return [];
      const { username, password, identityToken } = found;
      const auth = { username, password, identitytoken: identityToken, serveraddress: server };
      return [[server, auth] as const];
    }),
  );
  return Buffer.from(JSON.stringify(Object.fromEntries(entries.flat()))).toString('base64url');
}
