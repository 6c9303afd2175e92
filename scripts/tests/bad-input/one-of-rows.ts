import { newId } from '@renmai/platform/serve/ids'
import { type Row, write } from './row.ts'

/** Inputs that require exactly one of their fields. */
export const oneOfRows: Row[] = [
  {
    id: 'H15',
    what: 'a segment by a clause of two kinds',
    send: (s) => write(s, 'createSegment', 'CreateSegmentInput', { name: 'two', definition: { tagId: newId(), orders: { minCount: 1 } } }),
    status: 400,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H15',
    what: 'a journey with a step of two kinds',
    send: (s) =>
      write(s, 'publishJourney', 'PublishJourneyInput', {
        name: 'two',
        trigger: { segmentEntered: { segmentId: newId() } },
        nodes: [{ exit: { id: 'end' }, wait: { id: 'end', next: 'end', wait: 'PT1S' } }],
      }),
    status: 400,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H15',
    what: 'a journey without a trigger',
    send: (s) => write(s, 'publishJourney', 'PublishJourneyInput', { name: 'none', trigger: {}, nodes: [{ exit: { id: 'end' } }] }),
    status: 400,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H15',
    what: 'a consent of a customer and of a profile',
    send: (s) =>
      write(s, 'grantConsent', 'GrantConsentInput', {
        subject: { customerId: newId(), profileId: newId() },
        purpose: 'news',
        channel: 'EMAIL',
        method: 'web_form',
      }),
    status: 400,
    code: /BAD_USER_INPUT/,
  },
]
