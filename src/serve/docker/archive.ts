import { readFlag, type PathStat as WireStat } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { PathStat } from '#engine/containers';
import { sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type ArchiveOperation = 'archiveStat' | 'archiveRead' | 'archiveWrite';

export function archiveHandlers({ containers }: DockerApiParts): Handlers<ArchiveOperation> {
  return {
    async archiveStat(call) {
      const stat = await containers.statPath(idOf(call), pathOf(call));
      call.response.send(200, statHeader(stat));
    },
    async archiveRead(call) {
      const { stat, tar } = await containers.readArchive(idOf(call), pathOf(call), call.signal);
      call.response.start(200, { 'Content-Type': 'application/x-tar', ...statHeader(stat) });
      for await (const chunk of tar) await call.response.write(chunk);
      call.response.end();
    },
    async archiveWrite(call) {
      const { query, body } = call.request;
      const options = {
        noOverwriteDirNonDir: readFlag(query, 'noOverwriteDirNonDir'),
        copyUidGid: readFlag(query, 'copyUIDGID'),
      };
      await containers.extractArchive(idOf(call), pathOf(call), body, options, call.signal);
      sendNothing(call, 200);
    },
  };
}

function pathOf({ request }: Call): string {
  const path = request.query.get('path') ?? '';
  if (path === '') throw new EngineError('invalid', 'bad parameter: path cannot be empty');
  return path;
}

function statHeader(stat: PathStat): { 'X-Docker-Container-Path-Stat': string } {
  const wire: WireStat = {
    name: stat.name,
    size: stat.size,
    mode: stat.mode,
    mtime: formatTimestamp(stat.mtimeNs),
    linkTarget: stat.linkTarget,
  };
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(wire)).toString('base64') };
}
