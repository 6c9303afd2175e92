import { failures } from '../serve/errors.ts'

export const quarantineFailure = failures({
  QUARANTINED_ITEM_NOT_FOUND: ['NOT_FOUND', 'There is no such quarantined item'],
  QUARANTINED_ITEM_DECIDED: ['CONFLICT', 'The item is {state} already'],
  QUARANTINED_ITEM_REPLAYING: ['CONFLICT', 'The item is being replayed; wait for its result'],
  QUARANTINED_ITEM_CHANGED: ['CONFLICT', 'The item was changed meanwhile and is at version {version}; read it again'],
  ORIGINAL_DELETED: ['CONFLICT', 'The original of the item is deleted'],
  KIND_NOT_REPLAYED: ['CONFLICT', 'Items of the kind {kind} cannot be processed here'],
})
