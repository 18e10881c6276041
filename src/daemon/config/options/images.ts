import { list, pairs } from '../kinds.ts';
import type { OptionSpec } from '../option.ts';

/** Which images stay, and when others go by themselves. */
export const imageOptions = {
  imageWaterMarks: {
    flag: 'image-water-marks',
    key: 'image-water-marks',
    kind: pairs,
    help: 'How full a disk makes unused images go: high=85%, low=70%, unused-for=24h',
  },
  imageKeep: {
    flag: 'image-keep',
    key: 'image-keep',
    kind: list,
    help: 'Pattern of names of images that are not pruned',
  },
} as const satisfies Record<string, OptionSpec>;
