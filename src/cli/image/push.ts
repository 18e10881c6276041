import type { ProgressMessage } from '#api';
import { imagePath, readJsonLines } from '#client';
import { familiarName, familiarReference, parseReference, withDefaultTag } from '#oci';
import { defineCommand, ExitError, exactly } from '../command.ts';
import { registryAuth } from '../credentials/index.ts';
import { bool, text } from '../flags/index.ts';
import { showProgress } from '../progress.ts';
import { encodePlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NAME[:TAG]'],
  operands: exactly(1),
  flags: {
    'all-tags': bool('Push all tags of an image to the repository', 'a'),
    'disable-content-trust': bool('Skip image signing', undefined, true),
    platform: text(
      `Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
    ),
    quiet: bool('Suppress verbose output', 'q'),
  },
  async run(session, { values, operands: [name = ''] }) {
    const { caller, client } = session;
    const named = parseReference(name);
    if (values['all-tags'] && named.tag !== undefined) {
      throw new ExitError(1, "tag can't be used with --all-tags/-a");
    }
    const reference = values['all-tags'] ? named : withDefaultTag(named);
    if (!values['all-tags'] && named.tag === undefined && !values.quiet)
      caller.writeOut('Using default tag: latest\n');
    const response = await client.send({
      method: 'POST',
      path: `/images/${imagePath(familiarName(reference))}/push`,
      query: { tag: reference.tag, platform: encodePlatform(values.platform) },
      headers: { 'X-Registry-Auth': await registryAuth(session, reference.domain) },
    });
    await showProgress(caller, readJsonLines<ProgressMessage>(response.body), {
      quiet: values.quiet,
      toStderr: false,
    });
    if (values.quiet) caller.writeOut(`${familiarReference(reference)}\n`);
  },
});
