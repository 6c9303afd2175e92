/** What other features use of tags. */
export { addTags } from './tag-profiles.ts'
