import type { BaseContext } from '@renmai/platform/mutate'
export type Loaders = ReturnType<typeof createLoaders>
type CustomerNode = {
  id: string
  createdAt: Date
}
/** Everything that resolvers read of many parents at once: one statement each, whatever the number of parents. */
export declare function createLoaders(ctx: BaseContext): {
  customer: import('dataloader')<string, CustomerNode | undefined, string>
  profiles: import('dataloader')<
    string,
    | {
        createdAt: Date
        customerId: string
        externalId: string
        id: string
        source: string
        tenantId: string
        version: number
      }[]
    | undefined,
    string
  >
  namespaces: import('dataloader')<
    string,
    | {
        profileId: string
        namespace: string
      }[]
    | undefined,
    string
  >
  attributes: import('dataloader')<
    string,
    | ({
        isMapped: boolean
        key: string
        observedAt: Date
        profileId: string
        sealed: Buffer<ArrayBufferLike> | null
        source: string
        tenantId: string
        value: string | null
      } & {
        customerId: string
      })[]
    | undefined,
    string
  >
  names: import('dataloader')<
    string,
    | {
        profileId: string
        sealed: Buffer
      }
    | undefined,
    string
  >
  field: import('dataloader')<
    string,
    | {
        createdAt: Date
        key: string
        label: string
        options: string[]
        sensitivity: 'NONE' | 'PERSONAL' | 'SENSITIVE'
        tenantId: string
        type: 'BOOLEAN' | 'DATE' | 'NUMBER' | 'OPTION' | 'TEXT'
      }
    | undefined,
    string
  >
  tags: import('dataloader')<
    string,
    | ({
        createdAt: Date
        foldedName: string
        groupId: string
        id: string
        name: string
        tenantId: string
      } & {
        customerId: string
      })[]
    | undefined,
    string
  >
  evidence: import('dataloader')<
    string,
    | {
        at: Date
        id: string
        linkedProfileId: string
        namespace: string
        profileId: string
        rule: string
        tenantId: string
        weight: number
      }[]
    | undefined,
    string
  >
  decisions: import('dataloader')<
    string,
    | {
        absorbedId: string
        at: Date
        decidedBy: string
        id: string
        kind: 'MERGE' | 'UNMERGE'
        profileIds: string[]
        reason: string
        survivorId: string
        tenantId: string
        undoes: string | null
      }[]
    | undefined,
    string
  >
  tag: import('dataloader')<
    string,
    | {
        createdAt: Date
        foldedName: string
        groupId: string
        id: string
        name: string
        tenantId: string
      }
    | undefined,
    string
  >
  tagGroup: import('dataloader')<
    string,
    | {
        createdAt: Date
        foldedName: string
        id: string
        name: string
        tenantId: string
      }
    | undefined,
    string
  >
  tagsOfGroup: import('dataloader')<
    string,
    | {
        createdAt: Date
        foldedName: string
        groupId: string
        id: string
        name: string
        tenantId: string
      }[]
    | undefined,
    string
  >
}
export {}
