import { ZstdFrames } from './zstd-frames.ts';

/** The first byte of a frame of data; frames to be skipped begin with others (RFC 8878). */
const firstOfData = 0x28;

interface Segment {
  readonly bytes: Uint8Array;
  /** Whether its first byte is a frame's. */
  readonly isStart: boolean;
}

/**
 * The frames of data of a zstd stream, one after the other, each in pieces that are valid until the next one is asked
 * for; what of a frame is not read is skipped.
 * @throws EngineError invalid, while iterating, for a stream that is cut or goes on as something else
 */
export async function* dataFrames(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const segments = segmentsOf(source);
  try {
    for (let next = await segments.next(); !next.done; ) {
      const isData = next.value.isStart && next.value.bytes[0] === firstOfData;
      const frame = (async function* () {
        while (!next.done) {
          yield next.value.bytes;
          next = await segments.next();
          if (!next.done && next.value.isStart) return;
        }
      })();
      if (isData) yield frame;
      for await (const _skipped of frame);
    }
  } finally {
    await segments.return(undefined);
  }
}

/** The pieces of a stream, cut where frames begin. */
async function* segmentsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Segment> {
  const frames = new ZstdFrames();
  for await (const piece of source) {
    const starts = new Set(frames.push(piece));
    const cuts = [...new Set([0, ...starts, piece.length])];
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      yield { bytes: piece.subarray(from, cuts[index + 1]), isStart: starts.has(from) };
    }
  }
  frames.finish();
}
