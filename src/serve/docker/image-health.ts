import { type ImageCheckFinding, type ImageCheckReport, type ImageDifference, readFlag } from '#api';
import { EngineError } from '#base';
import type { CheckFinding, CheckReport, ImageChange } from '#engine/images';
import { sendJson, sendProgress } from './answers.ts';
import type { DockerApiParts, Handlers } from './types.ts';

/** Our own questions about images: whether they are whole, and how two of them differ. */
export function imageHealthHandlers({ images }: DockerApiParts): Handlers<'imageCheck' | 'imageDiff'> {
  return {
    async imageCheck(call) {
      const repair = readFlag(call.request.query, 'repair');
      await sendProgress(call, async (tell) => {
        const onProgress = ({ done, total }: { done: number; total: number }) =>
          tell({
            id: 'images',
            status: 'Checking',
            progressDetail: { current: done, total, units: 'blobs' },
          });
        tell({ aux: encodeReport(await images.check({ repair, onProgress }, call.signal)) });
      });
    },
    async imageDiff(call) {
      const other = call.request.query.get('with');
      if (!other) throw new EngineError('invalid', 'the parameter with must name an image');
      const changes = await images.diff(call.params.name ?? '', other, call.signal);
      sendJson(call, 200, changes.map(encodeDifference));
    },
  };
}

function encodeReport({ layers, documents, findings }: CheckReport): ImageCheckReport {
  return { Layers: layers, Documents: documents, Findings: findings.map(encodeFinding) };
}

function encodeFinding(finding: CheckFinding): ImageCheckFinding {
  const { kind, digest, problem, images, repaired, reason } = finding;
  return {
    Kind: kind,
    Digest: digest,
    Problem: problem,
    Images: images,
    Repaired: repaired,
    ...(reason !== undefined && { Reason: reason }),
  };
}

const changeKinds = { modified: 0, added: 1, deleted: 2 } as const;

function encodeDifference({ path, kind, sizeChange }: ImageChange): ImageDifference {
  return { Path: path, Kind: changeKinds[kind], SizeChange: sizeChange };
}
