import type { ContainerMount } from '../types.ts';

/** A mount with nothing decided. */
export const noMount: ContainerMount = {
  type: 'bind',
  name: '',
  anonymous: false,
  driver: '',
  source: '',
  destination: '',
  mode: '',
  writable: true,
  propagation: '',
  recursive: true,
  writableBelow: false,
  copyUp: false,
  subpath: '',
  createSource: false,
  options: [],
};
