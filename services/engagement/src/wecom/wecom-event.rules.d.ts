/** What WeCom's callbacks mean to us. Events that we do not know are kept and acknowledged, not errors. */
export type WecomEvent =
  | {
      kind: 'ADDED'
      staffUserId: string
      externalUserId: string
      state: string
      welcomeCode: string
      at: Date
    }
  | {
      kind: 'LOST'
      staffUserId: string
      externalUserId: string
      lostBy: 'STAFF' | 'CUSTOMER'
      at: Date
    }
  | {
      kind: 'MESSAGE'
      fromUserId: string
      messageId: string
      type: string
      text: string
      at: Date
    }
  | {
      kind: 'OTHER'
      name: string
    }
export declare function readEvent(fields: Record<string, string>): WecomEvent
/** One key per thing that happened, whatever the number of pushes: MsgId, or what tells events apart. */
export declare function dedupeKeyOf(fields: Record<string, string>): string
