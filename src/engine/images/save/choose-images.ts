import { type Digest, EngineError } from '#base';
import { type Descriptor, fullName, parseReference } from '#oci';
import { findTarget } from '../find-image.ts';
import type { ImageName, ImageRecords } from '../image-records.ts';
import { familiarText, nameOf } from '../names.ts';

/** A manifest or an index to save, which images of it are meant, and the tags that the archive gives it. */
export interface ChosenImage {
  readonly target: Descriptor;
  /** Absent: every image of the target that is here. */
  readonly only?: Digest;
  readonly tags: readonly ImageName[];
}

/**
 * What the texts of a save mean, each target once, in the order of asking: a repository without a tag means all its
 * tags, an ID or a digest an image without a name.
 * @throws EngineError notFound, in Docker's words; invalid
 */
export function chooseImages(records: ImageRecords, asked: readonly string[]): ChosenImage[] {
  const choices = asked.flatMap((text) => choose(records, text));
  const groups = Map.groupBy(choices, ({ target, only }) => `${target.digest} ${only}`);
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const tags = [first, ...rest].flatMap((choice) => choice.tags);
    return [{ ...first, tags: [...new Map(tags.map((tag) => [familiarText(tag), tag])).values()] }];
  });
}

function choose(records: ImageRecords, text: string): ChosenImage[] {
  const tags = tagsOf(records, text);
  if (tags.length > 0) return tags;
  const { record, target, byName } = findTarget(records, text);
  return [{ target, tags: [], ...(!byName && { only: record.id }) }];
}

/** The tags that a text means by itself; none for an ID, a digest, and for what is unknown. */
function tagsOf(records: ImageRecords, text: string): ChosenImage[] {
  const reference = parseReference(text);
  if (reference.tag === undefined && reference.digest === undefined) {
    const names = records.names().filter((name) => name.repository === fullName(reference));
    return names.flatMap((name) => taggedChoice(records, name));
  }
  const name = nameOf(reference);
  const choice = taggedChoice(records, name);
  const mayBeId = text.startsWith('sha256:');
  if (choice.length > 0 || mayBeId || records.targetOf(name) !== undefined) return choice;
  throw new EngineError('notFound', 'reference does not exist');
}

function taggedChoice(records: ImageRecords, name: ImageName): ChosenImage[] {
  const target = records.targetOf(name);
  return target === undefined || name.kind !== 'tag' ? [] : [{ target, tags: [name] }];
}
