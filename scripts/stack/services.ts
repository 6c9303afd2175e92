import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type consumers from '../../charts/service/consumers.json'
import { ROOT } from './paths.ts'

type Manifest = { nx?: { tags?: string[] } }
/** For the compiler, from a file that write-charts.ts writes for each of SERVICES. */
export type ServiceName = keyof typeof consumers

/** The services: each package below services/ with the tag `type:service`. */
export const SERVICES = globSync(`${ROOT}services/*/package.json`)
  .filter((file) => (JSON.parse(readFileSync(file, 'utf8')) as Manifest).nx?.tags?.includes('type:service'))
  .map((file) => basename(dirname(file)) as ServiceName)
  .sort()
