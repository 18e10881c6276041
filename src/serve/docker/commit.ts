import { containerConfig, readFlag, readText, schema } from '#api';
import type { CommitOptions } from '#engine/containers';
import { readJson, sendJson } from './answers.ts';
import { idOf } from './containers.ts';
import { joinName } from './images.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

/** A client that leaves does not undo what it asked for. */
const untilDone = new AbortController().signal;

export function commitHandlers({
  containers,
}: DockerApiParts): Handlers<'containerCommit' | 'containerExport'> {
  return {
    async containerCommit(call) {
      const container = call.request.query.get('container') ?? '';
      const id = await containers.commit(container, await commitOptions(call), untilDone);
      sendJson(call, 201, { Id: id });
    },
    async containerExport({ response, signal, ...call }) {
      const tar = containers.export(idOf({ response, signal, ...call }), signal);
      response.start(200, { 'Content-Type': 'application/octet-stream' });
      for await (const piece of tar) await response.write(piece);
      response.end();
    },
  };
}

const optionalConfig = schema.nullable(containerConfig);

async function commitOptions(call: Call): Promise<CommitOptions> {
  const { query } = call.request;
  const config = await readJson(call, optionalConfig);
  const repository = readText(query, 'repo');
  return {
    author: query.get('author') ?? '',
    comment: query.get('comment') ?? '',
    pause: readFlag(query, 'pause', true),
    squash: readFlag(query, 'squash'),
    changes: query.getAll('changes'),
    ...(repository !== undefined && { name: joinName(repository, readText(query, 'tag')) }),
    ...(config !== null && { config }),
  };
}
