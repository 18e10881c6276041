import { readFlag, type PathStat as WireStat } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { PathStat } from '#engine/containers';
import { sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import { acceptsGzip, gzip } from './gzip.ts';
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

const skippedBytes = 64 << 20;

/**
 * Lets `work` read a body, and reads on when it fails: a client that is still sending when the answer comes tells
 * its user of a broken pipe, and not what went wrong.
 */
async function readWhole(
  body: AsyncIterable<Uint8Array>,
  work: (body: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    // Without return(): a reader that gives up does not end the body.
    await work({ [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) });
  } catch (error) {
    let skipped = 0;
    while (skipped < skippedBytes) {
      const piece = await pieces.next();
      if (piece.done) break;
      skipped += piece.value.length;
    }
    throw error;
  }
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
