/** Exports of tags for other features. */
export { addTags } from './tag-profiles.ts'
