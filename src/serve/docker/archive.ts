import { readFlag } from '#api';
import { sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import { pathOf, sendPathTar, statHeader } from './path-archive.ts';
import { readWhole } from './read-whole.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type ArchiveOperation = 'archiveStat' | 'archiveRead' | 'archiveWrite';

export function archiveHandlers({ containers }: DockerApiParts): Handlers<ArchiveOperation> {
  return {
    async archiveStat(call) {
      const stat = await containers.statPath(idOf(call), pathOf(call));
      call.response.send(200, statHeader(stat));
    },
    async archiveRead(call) {
      const { stat, tar } = await containers.readArchive(idOf(call), pathOf(call), call.signal);
      await sendPathTar(call, stat, tar);
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
