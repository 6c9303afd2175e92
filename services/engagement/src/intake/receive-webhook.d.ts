import type { Worker } from '../context.ts'
import { type CallbackQuery } from '../wecom/wecom-crypto.ts'
import { type YouzanPush } from '../youzan/youzan-push.rules.ts'
export declare const webhookPlace: (id: string) => string
/** Answers WeCom's check of the callback address with the opened echo. */
export declare function verifyWecomUrl(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery): Promise<string>
/** A push that is what it says it is, and by what a repeat of it is known. */
export type Push = {
  dedupeKey: string
  message: string
}
/** @throws AppError UNAUTHENTICATED unless WeCom signed the callback for this account within ten minutes */
export declare function openWecom(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery, body: string): Promise<Push>
/** @returns undefined for a heartbeat, which is only answered @throws AppError UNAUTHENTICATED unless Youzan signed it */
export declare function openYouzan(worker: Worker, tenantId: string, accountId: string, push: YouzanPush): Promise<Push | undefined>
/** Stores a push, sealed; it is worked on after the answer. */
export declare function storePush({ db, keyRing }: Worker, tenantId: string, accountId: string, { dedupeKey, message }: Push): Promise<void>
