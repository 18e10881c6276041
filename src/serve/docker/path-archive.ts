import type { PathStat as WireStat } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { PathStat } from '#tree';
import { acceptsGzip, gzip } from './compress.ts';
import type { Call } from './types.ts';

/** Answers with a tar, packed when the client takes that, and what the path is. */
export async function sendPathTar(call: Call, stat: PathStat, tar: AsyncIterable<Uint8Array>): Promise<void> {
  const packs = acceptsGzip(call.request.headers.get('accept-encoding'));
  const coding = packs ? { 'Content-Encoding': 'gzip' } : {};
  call.response.start(200, { 'Content-Type': 'application/x-tar', ...coding, ...statHeader(stat) });
  for await (const chunk of packs ? gzip(tar) : tar) await call.response.write(chunk);
  call.response.end();
}

/** The path that a request is about. @throws EngineError invalid */
export function pathOf({ request }: Call): string {
  const path = request.query.get('path') ?? '';
  if (path === '') throw new EngineError('invalid', 'bad parameter: path cannot be empty');
  if (path.includes('\0')) throw new EngineError('invalid', 'bad parameter: path holds a NUL');
  return path;
}

export function statHeader(stat: PathStat): { 'X-Docker-Container-Path-Stat': string } {
  const wire: WireStat = {
    name: stat.name,
    size: stat.size,
    mode: stat.mode,
    mtime: formatTimestamp(stat.mtimeNs),
    linkTarget: stat.linkTarget,
  };
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(wire)).toString('base64') };
}
