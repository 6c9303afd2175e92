import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import { idFrom } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { type FindProfilesRequest, IdentityService } from '@renmai/proto/identity/v1/identity_service'

/** The people that identity knows: profiles by the id of a customer, or by an e-mail address. */
export type Known = Map<string, string[]>

/** The id that this identity gives to a value. */
export const identifierIdOf = (value: string): string => idFrom('identifier', value)

/**
 * A separate bus on which identity answers for some people.
 * @param asked collects the requests
 */
export async function startIdentity(known: Known, asked: FindProfilesRequest[]): Promise<{ bus: Bus; stop: () => Promise<void> }> {
  const folder = makeFolder('identity')
  const nats = await startNats({ folder: folder.path, logs: folder.path })
  const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  const bus = await connectBus(settings, 'test', createLog('test', 'silent'))
  const findProfiles = answer(IdentityService.method.findProfiles, async (request) => {
    asked.push(request)
    const { person, scopes } = request
    const name = person.case === 'identifier' ? person.value.value : (person.value ?? '')
    if (name.includes(' ')) throw new AppError('INVALID', 'email is not a valid address')
    if (person.case === 'identifier' && !scopes.includes('personal:read')) throw new AppError('FORBIDDEN', 'This needs personal:read')
    return { profileIds: known.get(name) ?? [], identifierId: person.case === 'identifier' ? identifierIdOf(name) : '' }
  })
  const stopAnswers = answerAll(bus, 'identity', [findProfiles])
  const stop = async () => {
    await stopAnswers()
    await bus.nats.close()
    await nats.stop()
    folder.remove()
  }
  return { bus, stop }
}
