import { findImage, findTarget } from '../find-image.ts';
import { familiarText } from '../names.ts';
import { type ImageRoom, labelsOf, tell } from '../room.ts';
import type { Images } from '../types.ts';
import { makeImage, newName } from './make-image.ts';

/** What makes images of files, and further names. */
export function makeVerbs(room: ImageRoom): Pick<Images, 'commit' | 'import' | 'register' | 'tag'> {
  return {
    tag(nameOrId, newText) {
      const name = newName(newText);
      const { record, target } = findTarget(room.records, nameOrId);
      room.records.point(name, target);
      tell(room, 'tag', record.id, familiarText(name), labelsOf(record));
    },
    async commit({ parent, name, config, author, comment, createdBy, squash }, tar, signal) {
      const names = name === undefined ? [] : [newName(name)];
      const step = { created_by: createdBy, ...(comment !== '' && { comment }) };
      const below = parent === undefined ? {} : { parent: findImage(room.records, parent) };
      const plan = { ...below, config, author, step, names, squash };
      const id = await makeImage(room, plan, tar, signal);
      tell(room, 'create', id, id, config.Labels);
      const reference = names.map(familiarText)[0] ?? '';
      if (reference !== '') tell(room, 'tag', id, reference, config.Labels);
      return { id, reference };
    },
    async register({ config, names: texts }) {
      const names = texts.map(newName);
      const document = Buffer.from(JSON.stringify(config));
      const id = await room.intake.register({ config: document, documents: [], names });
      tell(room, 'create', id, id, config.config.Labels);
      for (const given of names) tell(room, 'tag', id, familiarText(given), config.config.Labels);
      return id;
    },
    async import({ name, config, comment, platform }, tar, signal) {
      const names = name === undefined ? [] : [newName(name)];
      const plan = { config, author: '', step: { comment }, platform, names };
      const id = await makeImage(room, plan, tar, signal);
      for (const given of names) tell(room, 'tag', id, familiarText(given), config.Labels);
      tell(room, 'import', id, id);
      return id;
    },
  };
}
