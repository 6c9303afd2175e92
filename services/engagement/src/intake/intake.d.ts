import type { Admission } from '@renmai/platform/admission'
import { type Http } from '@renmai/platform/http'
import type { Worker } from '../context.ts'

/** How long a file's sender may be silent, in milliseconds. */
type IntakeOptions = {
  silentMs?: number
}
/** The public listener for platforms, event sources and files. Each caller proves itself by its own signature. */
export declare function createIntake(worker: Worker, admission: Admission, { silentMs }?: IntakeOptions): Http
export {}
