import { printScript } from './print-script.ts';

export const command = printScript('fish');
