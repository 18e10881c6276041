/** A process that pulls an image until its test kills it: `pull-until-killed.ts FOLDER IMAGE`. */
import { openImageRig } from '../fixtures/image-rig.ts';

const [folder = '', reference = ''] = process.argv.slice(2);
const rig = await openImageRig(folder);
await rig.images.pull({ reference }, () => {}, new AbortController().signal);
