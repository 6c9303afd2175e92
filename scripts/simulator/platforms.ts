import type { FastifyInstance } from 'fastify'
import type { State } from './state.ts'
import { serveTelegram } from './telegram.ts'
import { serveWecom } from './wecom/wecom.ts'
import { serveYouzan } from './youzan.ts'

/** The platforms that the simulator plays, by kind of account. */
export const platforms: Record<string, (server: FastifyInstance, state: State) => void> = {
  WECOM: serveWecom,
  YOUZAN: serveYouzan,
  TELEGRAM: serveTelegram,
}
