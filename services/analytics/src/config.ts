import { baseSettings } from '@renmai/platform/config'

export const settings = baseSettings
