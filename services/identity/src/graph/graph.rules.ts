/** The identity graph of some profiles: what their sources observed, and what people ruled. Customers follow from it alone. */

export type GraphProfile = {
  readonly id: string
  readonly source: string
  /** Customer that the profile is by itself. */
  readonly homeId: string
  /** Customer that it belongs to in the database. */
  readonly customerId: string
  /** Keyed hashes of the name and of the birthday; null when they are not known. */
  readonly nameIndex: string | null
  readonly birthdayIndex: string | null
  /** Time of the newest observation. */
  readonly lastSeenAt: Date
}

/** A profile carries an identifier. */
export type GraphEdge = {
  readonly profileId: string
  readonly namespace: string
  readonly identifierId: string
  readonly tier: 1 | 2 | 3
  readonly verifiedAt: Date | null
  /** The form, order, row or event that stated it first. Identifiers of one statement are one piece of evidence. */
  readonly statement: string
  readonly foundAt: Date
}

/** Profiles that are observed for the first time, and what they carry. They are not in the database yet, so no one can have ruled about them. */
export type Newcomers = { readonly profiles: readonly GraphProfile[]; readonly edges: readonly CarriedEdge[] }
/** An edge with the blind index of its value, by which others that carry it are found. */
export type CarriedEdge = GraphEdge & { readonly valueIndex: Buffer }

/** People, or a model, ruled that all profiles of one side are the same person as those of the other, or are not. */
export type GraphRuling = {
  readonly id: string
  readonly sideA: readonly string[]
  readonly sideB: readonly string[]
  readonly decidedAt: Date
  /** A link of a model joins only what nothing speaks against. */
  readonly isByModel: boolean
}

/** Begins the decider of a ruling by a model, before its number. Ids of people are UUIDs. */
export const MODEL = 'model:'

export type Graph = {
  readonly profiles: readonly GraphProfile[]
  /** Edges that are not retracted. */
  readonly edges: readonly GraphEdge[]
  /** Identifiers that join nobody: too many profiles carry them, or they are blocked. */
  readonly shared: ReadonlySet<string>
  /** Profiles of which no source ever stated anything but devices, in edges that hold or are retracted. */
  readonly anonymous: ReadonlySet<string>
  /** Side A of a link is the profile whose customer stays. */
  readonly links: readonly GraphRuling[]
  readonly cannotLinks: readonly GraphRuling[]
}

/** Why rules do not join two profiles that share an identifier. */
export type RefusalReason = 'DIFFERENT_UNIONIDS' | 'SPLIT_BY_A_PERSON' | 'CHANGED_HANDS' | 'DIFFERENT_NAME_AND_BIRTHDAY' | 'SHARED_DEVICE'

/** An identifier that two profiles share, and what follows. */
export type GraphEvidence = {
  readonly profileId: string
  /** The profile that carried it earlier; of a device, the one of a person, while profileId is anonymous. */
  readonly linkedProfileId: string
  readonly namespace: string
  readonly identifierId: string
  readonly rule: 'T1_SHARED_IDENTIFIER' | 'T2_TWO_IDENTIFIERS' | 'T3_ANONYMOUS_DEVICE'
  readonly weight: number
  readonly state: 'ACTIVE' | 'REFUSED'
  readonly reason: RefusalReason | null
  readonly foundAt: Date
}

/** Profiles of one source that may carry one identifier, and of all sources: a till's phone is on every card that it issues. */
export const MAX_PER_SOURCE = 3
export const MAX_PER_IDENTIFIER = 10

/**
 * Whether too many profiles carry an identifier for it to be one person's. They are counted as they come, not as they are joined.
 * @param sources the source of each profile; more than MAX_PER_IDENTIFIER need not be given
 * @param isExclusive the platform itself gives it to one person, in as many sources as there are
 */
export function isShared(sources: readonly string[], isExclusive: boolean): boolean {
  if (!isExclusive && sources.length > MAX_PER_IDENTIFIER) return true
  return [...Map.groupBy(sources, (source) => source).values()].some(({ length }) => length > MAX_PER_SOURCE)
}
