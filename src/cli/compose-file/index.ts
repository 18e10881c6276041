/**
 * compose-file: from `run` lines to the Compose file that makes the same containers. Pure: a service is read off the
 * flags of its line, so that both forms say the same. Networks and named volumes are those that are there already.
 * What Compose has no word for stands in comments.
 */
export { composeFile } from './compose-file.ts';
