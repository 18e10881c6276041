import { parseReference } from '#oci';
import { defineCommand, ExitError, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';
import { platformFlag } from '../platform-flag.ts';
import { pullImage } from './pull-image.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NAME[:TAG|@DIGEST]'],
  operands: exactly(1),
  flags: {
    'all-tags': bool('Download all tagged images in the repository', 'a'),
    'disable-content-trust': bool('Skip image verification', undefined, true),
    platform: platformFlag,
    quiet: bool('Suppress verbose output', 'q'),
  },
  async run(session, { values, operands: [name = ''] }) {
    const { tag, digest } = parseReference(name);
    const hasTag = tag !== undefined || digest !== undefined;
    if (values['all-tags'] && hasTag) throw new ExitError(1, "tag can't be used with --all-tags/-a");
    if (!values['all-tags'] && !hasTag && !values.quiet)
      session.caller.writeOut('Using default tag: latest\n');
    const { platform, quiet } = values;
    const pulled = await pullImage(session, {
      name,
      platform,
      allTags: values['all-tags'],
      quiet,
      toStderr: false,
    });
    session.caller.writeOut(`${pulled}\n`);
  },
});
