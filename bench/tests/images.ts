import { archives, pulledImage, removeImage, syncDisks } from '../images.ts';
import type { Metric } from '../results.ts';
import { bigImage } from '../settings.ts';
import type { EngineTest } from './types.ts';

const loaded: Metric = { name: 'load of 200 MB', unit: 'ms', target: 0.5 };
const pulled: Metric = { name: 'pull of 200 MB', unit: 'ms', target: 0.5 };

export const loadTest: EngineTest = {
  name: 'load',
  run(subject) {
    syncDisks();
    subject.time(loaded, ['load', '-i', archives.big]);
    removeImage(subject.program, bigImage);
  },
};

export const pullTest: EngineTest = {
  name: 'pull',
  run(subject) {
    syncDisks();
    subject.time(pulled, ['pull', '-q', ...subject.program.pullOptions, pulledImage]);
    removeImage(subject.program, pulledImage);
  },
};
