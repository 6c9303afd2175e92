import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'

/**
 * A separate bus on which identity knows some tags and compliance knows some purposes.
 * @param isKnown whether a tag exists
 * @param isPurpose whether a purpose exists
 */
export async function startTags(
  isKnown: (tagId: string) => boolean = () => true,
  isPurpose: (key: string) => boolean = () => true,
): Promise<{ bus: Bus; stop: () => Promise<void> }> {
  const folder = makeFolder('tags')
  const nats = await startNats({ folder: folder.path, logs: folder.path })
  const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  const bus = await connectBus(settings, 'test', createLog('test', 'silent'))
  const findTags = answer(IdentityService.method.findTags, async ({ tagIds }) => ({ tagIds: tagIds.filter(isKnown) }))
  const findPurposes = answer(ComplianceService.method.findPurposes, async ({ keys }) => ({ keys: keys.filter(isPurpose) }))
  const stops = [answerAll(bus, 'identity', [findTags]), answerAll(bus, 'compliance', [findPurposes])]
  const stop = async () => {
    await Promise.all(stops.map((stop) => stop()))
    await bus.nats.close()
    await nats.stop()
    folder.remove()
  }
  return { bus, stop }
}
