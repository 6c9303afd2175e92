export declare const onTouchpointsRecorded: import('@renmai/platform/inbox').Handler
export declare const onMessageSent: import('@renmai/platform/inbox').Handler
export declare const onMessageBlocked: import('@renmai/platform/inbox').Handler
export declare const onCouponRedeemed: import('@renmai/platform/inbox').Handler
