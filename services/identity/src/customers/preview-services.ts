import type { MessageInitShape } from '@bufbuild/protobuf'
import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { CampaignService } from '@renmai/proto/campaign/v1/campaign_service'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { EngagementService } from '@renmai/proto/engagement/v1/engagement_service'
import { MergeEffect, type PreviewMergeRequestSchema } from '@renmai/proto/identity/v1/merge_preview'
import { MergeEffect as ShownEffect } from '../gen/resolvers.ts'

/** The services that count what a merge changes for them, by their names. */
export const PREVIEWS = {
  analytics: AnalyticsService.method.previewMerge,
  campaign: CampaignService.method.previewMerge,
  compliance: ComplianceService.method.previewMerge,
  engagement: EngagementService.method.previewMerge,
} as const

export type ServicePreview = {
  readonly service: string
  readonly isAvailable: boolean
  /** Why there is no answer. */
  readonly errorCode: string | null
  readonly changes: readonly { what: ShownEffect; count: number; hasMore: boolean }[]
}

const [DEADLINE_MS, MAX_PROFILES] = [2_000, 500]

/** Queries all services concurrently. One that does not answer is named, and the others answer. */
export function previewServices(bus: Bus, request: MessageInitShape<typeof PreviewMergeRequestSchema>): Promise<ServicePreview[]> {
  const { survivorProfileIds = [], absorbedProfileIds = [] } = request
  const isCut = absorbedProfileIds.length > MAX_PROFILES
  const bounded = {
    ...request,
    survivorProfileIds: survivorProfileIds.slice(0, MAX_PROFILES),
    absorbedProfileIds: absorbedProfileIds.slice(0, MAX_PROFILES),
  }
  return Promise.all(
    Object.entries(PREVIEWS).map(async ([service, method]) => {
      try {
        const { changes } = await ask(bus, method, bounded, DEADLINE_MS)
        const shown = changes.flatMap(({ effect, count, hasMore }) => {
          const what = shownEffect(effect)
          return what ? [{ what, count, hasMore: hasMore || isCut }] : []
        })
        return { service, isAvailable: true, errorCode: null, changes: shown }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { service, isAvailable: false, errorCode: error.code, changes: [] }
      }
    }),
  )
}

/** A service of a later release may know an effect that this one does not. */
const shownEffect = (effect: MergeEffect): ShownEffect | undefined =>
  Object.values(ShownEffect).find((name) => name === MergeEffect[effect])
