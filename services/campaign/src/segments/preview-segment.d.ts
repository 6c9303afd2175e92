import type { Context } from '../context.ts'
export type Preview = {
  size: number
  total: number
  attrition: {
    clause: string
    remaining: number
  }[]
  sample: {
    id: string
  }[]
}
/** Tries a condition: how many match, and what each of its parts takes away, in their order. */
export declare function previewSegment({ db, viewer, now }: Context, raw: unknown): Promise<Preview>
