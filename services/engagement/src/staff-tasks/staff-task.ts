/** Exports for other features. */
export { gatherTasks, type Part, type Placed } from './gather-tasks.ts'
