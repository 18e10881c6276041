import { readFlag, type PathStat as WireStat } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { PathStat } from '#engine/containers';
import { sendNothing } from './answers.ts';
import { acceptsGzip, gzip } from './compress.ts';
import { idOf } from './containers.ts';
import { readWhole } from './read-whole.ts';
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
      const packs = acceptsGzip(call.request.headers.get('accept-encoding'));
      const coding = packs ? { 'Content-Encoding': 'gzip' } : {};
      call.response.start(200, { 'Content-Type': 'application/x-tar', ...coding, ...statHeader(stat) });
      for await (const chunk of packs ? gzip(tar) : tar) await call.response.write(chunk);
      call.response.end();
    },
    async archiveWrite(call) {
      const { query, body } = call.request;
      const options = {
        noOverwriteDirNonDir: readFlag(query, 'noOverwriteDirNonDir'),
        copyUidGid: readFlag(query, 'copyUIDGID'),
      };
      await readWhole(body, (tar) =>
        containers.extractArchive(idOf(call), pathOf(call), tar, options, call.signal),
      );
      sendNothing(call, 200);
    },
  };
}

function pathOf({ request }: Call): string {
  const path = request.query.get('path') ?? '';
  if (path === '') throw new EngineError('invalid', 'bad parameter: path cannot be empty');
  if (path.includes('\0')) throw new EngineError('invalid', 'bad parameter: path holds a NUL');
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
