import type { ProgressMessage } from '#api';
import type { ImageProgress } from '#engine/images';

/** One line of a pull, push or load, in the words of Docker's progress. */
export function encodeImageProgress(progress: ImageProgress): ProgressMessage {
  switch (progress.kind) {
    case 'pulling':
      return { status: `Pulling from ${progress.repository}`, id: progress.tag };
    case 'digest':
      return { status: `Digest: ${progress.digest}` };
    case 'status':
      return { status: progress.text };
    case 'pushed': {
      const { tag: Tag, digest: Digest, size: Size } = progress;
      return { progressDetail: {}, aux: { Tag, Digest, Size } };
    }
    case 'instead': {
      const { index: originalIndex, manifest: selectedManifest } = progress;
      return { aux: { manifestPushedInsteadOfIndex: true, originalIndex, selectedManifest } };
    }
    case 'loaded':
      return { stream: `${progress.text}\n` };
    case 'layer':
      return layerLine(progress);
  }
}

function layerLine({
  id,
  status,
  current,
  total,
}: Extract<ImageProgress, { kind: 'layer' }>): ProgressMessage {
  if (current === undefined) return { status, progressDetail: {}, id };
  const progressDetail = { current, ...(total !== undefined && { total }) };
  return { status, progressDetail, progress: progressBar(current, total), id };
}

const barWidth = 50;

/** `[====>    ]  1.2MB/3.4MB`, for clients that show the text as it comes. */
export function progressBar(current: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return formatSize(current).padStart(8);
  const filled = Math.min(barWidth, Math.floor((current / total) * barWidth));
  const arrow = filled < barWidth ? `${'='.repeat(filled)}>` : '='.repeat(barWidth);
  const bar = arrow.padEnd(barWidth, ' ');
  return `[${bar}] ${formatSize(current).padStart(8)}/${formatSize(total)}`;
}

/** Four significant digits with a unit of powers of 1000. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}
