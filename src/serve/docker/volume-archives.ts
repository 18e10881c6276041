import { readFlag, volumeCloneRequest } from '#api';
import { EngineError } from '#base';
import type { CompressionFormat } from '#store/content';
import { readJson, sendJson, sendNothing } from './answers.ts';
import { pathOf, sendPathTar, statHeader } from './path-archive.ts';
import { readWhole } from './read-whole.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';
import { encodeVolume } from './volumes.ts';

type VolumeArchiveOperation =
  | 'volumeExport'
  | 'volumeImport'
  | 'volumeClone'
  | 'volumeRename'
  | 'volumePathStat'
  | 'volumePathRead'
  | 'volumePathWrite';

export function volumeArchiveHandlers({
  volumes,
  volumeArchives,
}: DockerApiParts): Handlers<VolumeArchiveOperation> {
  return {
    async volumeExport(call) {
      const options = { compression: compressionOf(call) };
      const archive = await volumeArchives.export(nameOf(call), options, call.signal);
      call.response.start(200, { 'Content-Type': 'application/x-tar' });
      for await (const chunk of archive) await call.response.write(chunk);
      call.response.end();
    },
    async volumeImport(call) {
      const { query, body } = call.request;
      const force = readFlag(query, 'force');
      const record = await readWhole(body, (tar) => volumeArchives.import(nameOf(call), tar, { force }));
      sendJson(call, 200, encodeVolume(record));
    },
    async volumeClone(call) {
      const { Name, Driver, DriverOpts, Labels } = await readJson(call, volumeCloneRequest);
      if (Name === '') throw new EngineError('invalid', 'a clone needs a name');
      const options = {
        name: Name,
        ...(Driver !== '' && { driver: Driver }),
        ...(DriverOpts !== null && { options: DriverOpts }),
        ...(Labels !== null && { labels: Labels }),
      };
      sendJson(call, 201, encodeVolume(await volumeArchives.clone(nameOf(call), options, call.signal)));
    },
    async volumePathStat(call) {
      call.response.send(200, statHeader(await volumeArchives.statPath(nameOf(call), pathOf(call))));
    },
    async volumePathRead(call) {
      const { stat, tar } = await volumeArchives.readPath(nameOf(call), pathOf(call), call.signal);
      await sendPathTar(call, stat, tar);
    },
    async volumePathWrite(call) {
      const { query, body } = call.request;
      const options = { noOverwriteDirNonDir: readFlag(query, 'noOverwriteDirNonDir') };
      await readWhole(body, (tar) => volumeArchives.writePath(nameOf(call), pathOf(call), tar, options));
      sendNothing(call, 200);
    },
    async volumeRename(call) {
      const newName = call.request.query.get('name') ?? '';
      if (newName === '') throw new EngineError('invalid', 'a volume needs a name');
      sendJson(call, 200, encodeVolume(await volumes.rename(nameOf(call), newName)));
    },
  };
}

/** @throws EngineError invalid */
function compressionOf({ request }: Call): CompressionFormat | undefined {
  const name = request.query.get('compression') ?? '';
  if (name === '' || name === 'none') return undefined;
  if (name === 'gzip' || name === 'zstd') return name;
  throw new EngineError('invalid', `unknown compression: ${name}`);
}

function nameOf({ params }: Call): string {
  return params.name ?? '';
}
