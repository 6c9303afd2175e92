import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'

export const settings = baseSettings.extend({ CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors') })
